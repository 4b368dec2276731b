using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class LinearRecurrenceTests : IDisposable
{
    private const int Heads = 4;

    // Of this test alone: another test may seed the global one at any time.
    private readonly Generator _generator = new(7);

    public void Dispose() => _generator.Dispose();

    public static TheoryData<int, int, int, bool> ScalarShapes => new()
    {
        { 1, 64, 4, false }, { 1, 1, 1, true }, { 7, 3, 2, true }, { 13, 4, 1, false }, { 13, 5, 4, true }, { 37, 16, 2, false }, { 37, 64, 1, true }, { 64, 16, 4, true },
    };

    public static TheoryData<int, int, int, bool> VectorShapes => new()
    {
        { 1, 64, 16, true }, { 5, 64, 16, false }, { 7, 2, 1, true }, { 13, 4, 2, true }, { 13, 4, 4, false }, { 37, 16, 4, true }, { 37, 12, 4, false }, { 64, 32, 16, true },
    };

    [Theory]
    [MemberData(nameof(ScalarShapes))]
    public void ScalarDecay_InChunks_EqualsTheTokenLoop_InOutputsStateAndGradients(int length, int chunk, int groups, bool hasState)
    {
        using var scope = NewDisposeScope();
        var inputs = new[] { Draw(length, groups, 3), Draw(length, groups, 3), Draw(length, Heads, 5), Decay(length, Heads), Draw(Heads, 3, 5) };
        Agree(
            inputs,
            x => new KernelSet().ScalarRecurrence(x[0], x[1], x[2], x[3], chunk, hasState ? x[4] : null),
            x => KernelSet.ScalarRecurrenceReference(x[0], x[1], x[2], x[3], hasState ? x[4] : null));
    }

    [Theory]
    [MemberData(nameof(VectorShapes))]
    public void VectorDecay_InChunks_EqualsTheTokenLoop_InOutputsStateAndGradients(int length, int chunk, int subChunk, bool hasState)
    {
        using var scope = NewDisposeScope();
        var inputs = new[] { Draw(length, Heads, 3), Draw(length, Heads, 3), Draw(length, Heads, 5), Decay(length, Heads, 3), Draw(length, Heads), Draw(Heads, 3, 5) };
        Agree(
            inputs,
            x => new KernelSet().VectorRecurrence(x[0], x[1], x[2], x[3], x[4], chunk, subChunk, hasState ? x[5] : null),
            x => KernelSet.VectorRecurrenceReference(x[0], x[1], x[2], x[3], x[4], hasState ? x[5] : null));
    }

    [Fact]
    public void OneDecayForAllSequences_IsSpreadOverThem()
    {
        using var scope = NewDisposeScope();
        var (q, k, v, decay) = (Draw(13, Heads, 3), Draw(13, Heads, 3), Draw(13, Heads, 5), Decay(13, Heads).narrow(0, 0, 1));
        var found = new KernelSet().ScalarRecurrence(q, k, v, decay, 4);
        var expected = KernelSet.ScalarRecurrenceReference(q, k, v, decay.expand(2, -1, -1));
        Assert.InRange(TinyModels.Distance(expected.Output, found.Output), 0, 1e-10);
    }

    [Fact]
    public void WithoutDecay_BothAreLinearAttention()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (Draw(13, Heads, 3), Draw(13, Heads, 3), Draw(13, Heads, 5));
        var scores = q.transpose(1, 2).matmul(k.permute(0, 2, 3, 1)).tril();                                   // [B, H, T, T]
        var expected = scores.matmul(v.transpose(1, 2)).transpose(1, 2);                                       // [B, T, H, V]
        var scalar = new KernelSet().ScalarRecurrence(q, k, v, zeros(2, 13, Heads, ScalarType.Float64), 4);
        Assert.InRange(TinyModels.Distance(expected, scalar.Output), 0, 1e-12);
        var bonusOfOne = (q * k).sum(-1);
        var vector = new KernelSet().VectorRecurrence(q, k, v, zeros([2, 13, Heads, 3], ScalarType.Float64), bonusOfOne, 8, 4);
        Assert.InRange(TinyModels.Distance(expected, vector.Output), 0, 1e-12);
    }

    [Theory]
    [InlineData(-1e4)]
    [InlineData(-1e8)]
    public void WithFullDecay_EachTokenReadsItselfOnly(double logDecay)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (Draw(13, Heads, 3), Draw(13, Heads, 3), Draw(13, Heads, 5));
        var self = (q * k).sum(-1);                                                                            // [B, T, H]
        var scalar = new KernelSet().ScalarRecurrence(q, k, v, full([2, 13, Heads], logDecay, ScalarType.Float64), 4);
        Assert.InRange(TinyModels.Distance(self.unsqueeze(-1) * v, scalar.Output), 0, 1e-12);

        // The vector form forgets after it has read, so one token back is still seen.
        var vector = new KernelSet().VectorRecurrence(q, k, v, full([2, 13, Heads, 3], logDecay, ScalarType.Float64), self * 2, 8, 4);
        var back = (q.narrow(1, 1, 12) * k.narrow(1, 0, 12)).sum(-1).unsqueeze(-1) * v.narrow(1, 0, 12);       // [B, T − 1, H, V]
        var expected = (self * 2).unsqueeze(-1) * v + nn.functional.pad(back, [0, 0, 0, 0, 1, 0]);
        Assert.InRange(TinyModels.Distance(expected, vector.Output), 0, 1e-12);
    }

    [Fact]
    public void StrongAndWeakDecaysInOneChannel_KeepFp32Accuracy()
    {
        using var scope = NewDisposeScope();
        var decay = -(randn([2, 40, Heads, 3], dtype: ScalarType.Float64, generator: _generator) * 3.7).exp();
        var (r, k, v, bonus) = (Draw(40, Heads, 3), Draw(40, Heads, 3), Draw(40, Heads, 5), Draw(40, Heads));
        var exact = KernelSet.VectorRecurrenceReference(r, k, v, decay, bonus, null).Output;
        Tensor Single(Tensor x) => x.to(ScalarType.Float32);
        var found = new KernelSet().VectorRecurrence(Single(r), Single(k), Single(v), Single(decay), Single(bonus), 32, 16).Output;
        Assert.InRange(TinyModels.Distance(exact, found.to(ScalarType.Float64)), 0, 2e-5 * exact.abs().max().ToDouble());
    }

    [Fact]
    public void StrongDecay_InFp32_StaysFinite_ForwardAndBackward()
    {
        using var scope = NewDisposeScope();
        Tensor Floats(params long[] shape) => Draw(shape).to(ScalarType.Float32);
        var decay = -(Floats(64, Heads, 3) * 3).clamp(max: 5.ToScalar()).exp(); // down to −e^5: sums reach −5000, whose last digit in fp32 is 5e-4
        Tensor[] inputs = [Floats(64, Heads, 3) * 30, Floats(64, Heads, 3) * 30, Floats(64, Heads, 5), decay, Floats(64, Heads)];
        Tensor[] leaves = [.. inputs.Select(x => x.clone().requires_grad_())];
        var vector = new KernelSet().VectorRecurrence(leaves[0], leaves[1], leaves[2], leaves[3], leaves[4], 32, 16);
        var scalar = new KernelSet().ScalarRecurrence(leaves[0], leaves[1], leaves[2], leaves[3].select(-1, 0), 32);
        (vector.Output.sum() + scalar.Output.sum()).backward();
        Assert.All(leaves, leaf => Assert.True(leaf.grad!.isfinite().all().ToBoolean()));
        var slow = KernelSet.VectorRecurrenceReference(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]).Output;
        Assert.InRange(TinyModels.Distance(slow, vector.Output) / slow.abs().max().ToDouble(), 0, 1e-4);
    }

    [Theory]
    [InlineData(64, 16, 4)]
    [InlineData(64, 16, 16)]
    [InlineData(13, 8, 4)]
    [InlineData(3, 64, 16)]
    public void Operations_AreThoseOfTheFormula(int length, int chunk, int subChunk)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (Draw(length, Heads, 3), Draw(length, Heads, 3), Draw(length, Heads, 5));
        var (scalar, vector) = (new FlopCount(), new FlopCount());
        new KernelSet { Count = scalar }.ScalarRecurrence(q.narrow(2, 0, 2), k.narrow(2, 0, 2), v, Decay(length, Heads), chunk);
        Assert.Equal(KernelSet.ScalarRecurrenceFlops(length, chunk, 2 * 3, Heads * 5, 3), scalar.Total / (2 * length), 1e-9);
        new KernelSet { Count = vector }.VectorRecurrence(q, k, v, Decay(length, Heads, 3), Draw(length, Heads), chunk, subChunk);
        Assert.Equal(KernelSet.VectorRecurrenceFlops(length, chunk, subChunk, Heads * 3, Heads * 5, 3), vector.Total / (2 * length), 1e-9);
    }

    [Fact]
    public void Outputs_AreLinearInTheValues()
    {
        using var scope = NewDisposeScope();
        var (q, k, v, w, decay) = (Draw(13, 2, 3), Draw(13, 2, 3), Draw(13, Heads, 5), Draw(13, Heads, 5), Decay(13, Heads));
        Tensor Output(Tensor value) => new KernelSet().ScalarRecurrence(q, k, value, decay, 4).Output;
        Assert.InRange(TinyModels.Distance((Output(v) * 2) - (Output(w) * 3), Output((v * 2) - (w * 3))), 0, 1e-11);
    }

    [Fact]
    public void StatesEnteringChunks_AreThoseOfTheTokenLoop()
    {
        using var scope = NewDisposeScope();
        var (q, k, v, decay) = (Draw(13, Heads, 3), Draw(13, Heads, 3), Draw(13, Heads, 5), Decay(13, Heads));
        var found = new KernelSet().ScalarRecurrence(q, k, v, decay, 5);
        Assert.Equal([2, 3, Heads, 3, 5], found.Entering.shape);
        foreach (var chunk in new[] { 1, 2 })
        {
            var before = KernelSet.ScalarRecurrenceReference(q.narrow(1, 0, 5 * chunk), k.narrow(1, 0, 5 * chunk), v.narrow(1, 0, 5 * chunk), decay.narrow(1, 0, 5 * chunk));
            Assert.InRange(TinyModels.Distance(before.State, found.Entering.select(1, chunk)), 0, 1e-12);
        }
    }

    private void Agree(Tensor[] inputs, Func<Tensor[], Recurrence> fast, Func<Tensor[], Recurrence> slow)
    {
        var upstream = new[] { (Tensor?)null, null };
        var results = new[] { fast, slow }.Select(form =>
        {
            Tensor[] leaves = [.. inputs.Select(x => x.clone().requires_grad_())];
            var found = form(leaves);
            upstream[0] ??= Draw(found.Output.shape[1..]);
            upstream[1] ??= Draw(found.State.shape[1..]);
            ((found.Output * upstream[0]!).sum() + (found.State * upstream[1]!).sum()).backward();
            return new[] { found.Output, found.State }.Concat(leaves.Select(leaf => leaf.grad ?? zeros_like(leaf))).ToArray();
        }).ToArray();
        Assert.All(results[0].Zip(results[1]), pair => Assert.InRange(TinyModels.Distance(pair.First, pair.Second), 0, 1e-10));
    }

    private Tensor Draw(params long[] shape) => randn([2, .. shape], dtype: ScalarType.Float64, generator: _generator);

    /// <summary>Logarithms of decays between nearly 1 and e^−10.</summary>
    private Tensor Decay(params long[] shape) => -(Draw(shape) - 1).exp();
}
