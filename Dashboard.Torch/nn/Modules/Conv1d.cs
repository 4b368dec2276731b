using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Conv1d : nn.Module<Tensor, Tensor>
{
    private readonly Steps _steps;

    internal Conv1d(long[] weightSize, Steps steps, PaddingModes mode, bool withBias, Device? device, ScalarType? dtype)
        : base(nameof(Conv1d))
    {
        if (mode != PaddingModes.Zeros)
        {
            throw new NotSupportedException($"Padding mode {mode} is not bound; pad the input with functional.pad first.");
        }

        _steps = steps;
        var bound = 1 / Math.Sqrt(weightSize[1] * weightSize[2]);
        SetOwn(nameof(weight), nn.Uniform(weightSize, bound, device, dtype));
        SetOwn(nameof(bias), withBias ? nn.Uniform([weightSize[0]], bound, device, dtype) : null);
    }

    internal Parameter? bias => Own(nameof(bias));

    internal Parameter weight => Own(nameof(weight))!;

    public override Tensor forward(Tensor input)
        => nn.functional.conv1d(input, weight, bias, _steps.Stride, _steps.Padding, _steps.Dilation, _steps.Groups);

    internal readonly record struct Steps(long Stride, long Padding, long Dilation, long Groups);
}
