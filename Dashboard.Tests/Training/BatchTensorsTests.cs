using Crossbench.Datasets;
using Crossbench.Training;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Training;

public sealed class BatchTensorsTests
{
    [Fact]
    public void Classes_OfInputs_AreThoseOfTheTargetsBefore_UnlessTheBatchSaysOtherwise()
    {
        var batch = new TokenBatch([1, 2, 3, 4], [2, 3, 4, 5], 2, 2) { Classes = [TokenClass.Noise, TokenClass.Signal, TokenClass.Answer, TokenClass.Padding] };
        Assert.Equal("- noise - signal", Masks(batch));
        Assert.Equal("signal noise noise -", Masks(batch with { InputClasses = [TokenClass.Signal, TokenClass.Noise, TokenClass.Noise, TokenClass.Padding] }));
        Assert.Equal((null, null), BatchTensors.Classes(batch with { Classes = null }, CPU));
    }

    private static string Masks(TokenBatch batch)
    {
        using var scope = NewDisposeScope();
        var (signal, noise) = BatchTensors.Classes(batch, CPU);
        Assert.Equal([2, 2], signal!.shape);
        var (signals, noises) = (signal.data<bool>().ToArray(), noise!.data<bool>().ToArray());
        return string.Join(' ', signals.Select((isSignal, i) => isSignal ? "signal" : noises[i] ? "noise" : "-"));
    }
}
