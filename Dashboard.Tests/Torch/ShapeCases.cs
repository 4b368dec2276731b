using TorchSharp;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

internal static class ShapeCases
{
    internal static OpCase[] All =>
    [
        new("view", t => t[0].view(4, -1), x => x[0].Reshape(4, 6), In(2, 3, 4)),
        new("reshape", t => t[0].transpose(0, 1).reshape(6, 4), x => Swap(x[0]).Reshape(6, 4), In(2, 3, 4)),
        new("flatten", t => t[0].flatten(1), x => x[0].Reshape(2, 12), In(2, 3, 4)),
        new("flatten all", t => t[0].flatten(), x => x[0].Reshape(24), In(2, 3, 4)),
        new("transpose", t => t[0].transpose(0, 1), x => Swap(x[0]), In(2, 3, 4)),
        new("T", t => t[0].T, x => x[0].Take([4, 3], i => [i[1], i[0]]), In(3, 4)),
        new("T cube", t => t[0].T, x => x[0].Take([4, 3, 2], i => [i[2], i[1], i[0]]), In(2, 3, 4)),
        new("mT", t => t[0].mT, x => x[0].Take([2, 4, 3], i => [i[0], i[2], i[1]]), In(2, 3, 4)),
        new("permute", t => t[0].permute(2, 0, 1), x => x[0].Take([4, 2, 3], i => [i[1], i[2], i[0]]), In(2, 3, 4)),
        new("permute list", t => t[0].permute(new List<long> { 2, 0, 1 }), x => x[0].Take([4, 2, 3], i => [i[1], i[2], i[0]]), In(2, 3, 4)),
        new("unsqueeze", t => t[0].unsqueeze(1), x => x[0].Reshape(3, 1, 4), In(3, 4)),
        new("squeeze", t => t[0].squeeze(), x => x[0].Reshape(3, 4), In(1, 3, 1, 4)),
        new("squeeze dim", t => t[0].squeeze(0), x => x[0].Reshape(3, 1, 4), In(1, 3, 1, 4)),
        new("expand", t => t[0].expand(2, 3, 4), x => x[0].Take([2, 3, 4], i => [i[1], 0]), In(3, 1)),
        new("expand array", t => t[0].expand([2, -1, 4], false), x => x[0].Take([2, 3, 4], i => [i[1], 0]), In(3, 1)),
        new("repeat", t => t[0].repeat(2, 3), x => x[0].Take([6, 12], i => [i[0] % 3, i[1] % 4]), In(3, 4)),
        new("contiguous", t => t[0].transpose(0, 1).contiguous(), x => Swap(x[0]), In(2, 3, 4)),
        new("clone", t => t[0].clone(), x => x[0], In(3, 4)),
        new("alias", t => t[0].alias(), x => x[0], In(3, 4)),
        new("tril", t => t[0].tril(-1), x => Nd.Of([4, 5], i => i[1] <= i[0] - 1 ? x[0][i] : 0), In(4, 5)),
        new("triu", t => t[0].triu(1), x => Nd.Of([4, 5], i => i[1] >= i[0] + 1 ? x[0][i] : 0), In(4, 5)),
        new("cat", t => cat([t[0], t[1]], 1), x => Nd.Of([3, 6], i => i[1] < 4 ? x[0][i] : x[1][i[0], i[1] - 4]), In(3, 4), Other(3, 2)),
        new("cat list", t => cat(new List<Tensor> { t[0], t[0] }), x => x[0].Take([6, 4], i => [i[0] % 3, i[1]]), In(3, 4)),
        new("stack", t => stack([t[0], t[1]], 1), x => Nd.Of([3, 2, 4], i => x[i[1]][i[0], i[2]]), In(3, 4), Other(3, 4)),
        new("chunk", t => cat([.. t[0].chunk(3, 1).Reverse()], 1), x => x[0].Take([2, 7], i => [i[0], i[1] < 1 ? 6 : i[1] < 4 ? i[1] + 2 : i[1] - 4]), In(2, 7)),
        new("split", t => cat([.. t[0].split(3, 1).Reverse()], 1), x => x[0].Take([2, 5], i => [i[0], i[1] < 2 ? i[1] + 3 : i[1] - 2]), In(2, 5)),
        new("split sizes", t => cat([.. t[0].split([1, 4], 1).Reverse()], 1), x => x[0].Take([2, 5], i => [i[0], (i[1] + 1) % 5]), In(2, 5)),
        new("unbind", t => stack(t[0].unbind(1).Reverse(), 1), x => x[0].Take([2, 3], i => [i[0], 2 - i[1]]), In(2, 3)),
        new("detach", t => t[0] + (0 * t[0]).detach(), x => x[0], In(3, 4)),
        Jumps("to_type", t => t[0].to_type(ScalarType.Int32), x => x[0].Map(v => (int)v), In(3, 4)),
        new("to type", t => t[0].to(ScalarType.Float64, copy: true), x => x[0], In(3, 4)),
        new("to device", t => t[0].to(CPU).to("cpu").to(DeviceType.CPU).to(ScalarType.Float64, CPU), x => x[0], In(3, 4)),
        new("to other", t => t[0].to(t[1]), x => x[0], In(3, 4), Other(2)),
        new("type_as", t => t[0].type_as(t[1]), x => x[0], In(3, 4), Other(2)),
        new("cpu", t => t[0].cpu(), x => x[0], In(3, 4)),
    ];

    private static Nd Swap(Nd x) => x.Take([x.Shape[1], x.Shape[0], x.Shape[2]], i => [i[1], i[0], i[2]]);
}
