using Crossbench.Models;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>What the causality probe found.</summary>
/// <param name="SeesTheFuture">Whether a later token, or a longer sequence, moved an earlier logit.</param>
/// <param name="LargestMove">Largest change of a logit that should not have moved.</param>
/// <param name="FirstPosition">First position whose logits moved, or -1.</param>
public sealed record CausalityFinding(bool SeesTheFuture, double LargestMove, int FirstPosition);

/// <summary>
/// Checks that a model cannot see the future: for several positions t, the tokens after t are replaced, and the sequence is cut off after t; the logits up to
/// t must not move by more than rounding (1e-5 in fp32, 1e-12 in fp64, relative to the largest logit where that is above 1).
/// </summary>
public static class CausalityProbe
{
    private const int Rows = 2;
    private const int LongestSequence = 64;

    /// <summary>Probes a model with random tokens.</summary>
    /// <param name="model">The model; left in evaluation mode.</param>
    /// <param name="random">Streams of the run; the stream <c>probe</c> is used.</param>
    public static CausalityFinding Run(LanguageModel model, RandomStreams random)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        model.eval();
        var context = new ForwardContext(new KernelSet(), training: false);
        var length = Math.Min(model.Shape.ContextLength, LongestSequence);
        var draws = random.Stream(RandomStreams.Probe);
        var tokens = Draw(ref draws, length, model.Vocabulary);
        var full = Logits(model, tokens, length, context);
        var worst = new CausalityFinding(false, 0, -1);
        foreach (var t in Positions(length))
        {
            var other = Draw(ref draws, length, model.Vocabulary);
            var mixed = tokens.Select((id, i) => i % length <= t ? id : other[i]).ToArray();
            var prefix = tokens.Where((_, i) => i % length <= t).ToArray();
            worst = Worse(worst, full, Logits(model, mixed, length, context), t);
            worst = Worse(worst, full, Logits(model, prefix, t + 1, context), t);
        }

        return worst;
    }

    private static IEnumerable<int> Positions(int length) => new[] { 0, 1, length / 4, length / 2, 3 * length / 4, length - 2 }.Where(t => t >= 0 && t < length - 1).Distinct();

    private static long[] Draw(ref RandomSequence draws, int length, int vocabulary)
    {
        var tokens = new long[Rows * length];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = draws.NextInt32(vocabulary);
        }

        return tokens;
    }

    private static Tensor Logits(LanguageModel model, long[] tokens, int length, ForwardContext context) =>
        model.call(tensor(tokens).view(Rows, length).to(model.Device()), context); // [B, T, V]

    private static CausalityFinding Worse(CausalityFinding worst, Tensor full, Tensor changed, int t)
    {
        var expected = full.narrow(1, 0, t + 1);
        var move = (changed.narrow(1, 0, t + 1) - expected).abs().max().ToDouble();
        var size = Math.Max(1, expected.abs().max().ToDouble());
        var tolerance = full.dtype == ScalarType.Float64 ? 1e-12 : 1e-5;
        if (move <= worst.LargestMove)
        {
            return worst;
        }

        var moved = move > tolerance * size;
        return new CausalityFinding(worst.SeesTheFuture || moved, move, moved && worst.FirstPosition < 0 ? t : worst.FirstPosition);
    }
}
