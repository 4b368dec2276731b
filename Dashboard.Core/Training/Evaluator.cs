using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using MathNet.Numerics.Distributions;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>Scores a model on the fixed evaluation set, sequence by sequence.</summary>
internal static class Evaluator
{
    /// <summary>Scores the whole set, by token class and by position too; stops early, with null, when asked to.</summary>
    public static Evaluated? Run(LanguageModel model, EvaluationSet set, int batchSize, ForwardContext context, long step, Func<bool> stop)
    {
        var tally = new EvaluationTally();
        model.eval();
        for (var first = 0; first < set.Sequences; first += batchSize)
        {
            if (stop())
            {
                return null;
            }

            Score(model, set.Stream.EvaluationBatch(set.Split, first, Math.Min(batchSize, set.Sequences - first), set.Sequences), tally, context);
        }

        var (loss, low, high) = Summarise(tally.Rows);
        var evaluated = new Evaluated(step, set.Name, loss, low, high, tally.Rows);
        if (set.Name != Evaluated.OwnSet)
        {
            MetricPoint[] points = [new(TrainingMetrics.EvalLoss.Name, step, loss), .. tally.Shares(step)];
            return evaluated with { Points = Array.ConvertAll(points, point => point with { Metric = TrainingMetrics.FurtherName(point.Metric, set.Name) }) };
        }

        return evaluated with
        {
            Points = [.. tally.Shares(step), .. tally.ClassLosses(step)],
            Snapshots = [tally.ByPosition(step, model.Shape.ContextLength)],
        };
    }

    /// <summary>Mean over all counted tokens, with the 95 % t interval over sequence means.</summary>
    internal static (double Loss, double Low, double High) Summarise(IReadOnlyList<SequenceLoss> rows)
    {
        var tokens = rows.Sum(row => (double)row.Tokens);
        var loss = rows.Sum(row => row.Loss * row.Tokens) / tokens;
        var means = rows.GroupBy(row => row.Sequence).Select(group => group.Sum(row => row.Loss * row.Tokens) / group.Sum(row => row.Tokens)).ToArray();
        if (means.Length < 2 || !double.IsFinite(loss))
        {
            return (loss, loss, loss);
        }

        var mean = means.Average();
        var error = Math.Sqrt(means.Sum(value => (value - mean) * (value - mean)) / (means.Length - 1) / means.Length);
        var half = StudentT.InvCDF(0, 1, means.Length - 1, 0.975) * error;
        return (loss, loss - half, loss + half);
    }

    private static void Score(LanguageModel model, TokenBatch batch, EvaluationTally tally, ForwardContext context)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (inputs, targets) = BatchTensors.Create(batch, model.Device());
        var scores = model.TokenScores(inputs, targets, context);
        tally.Add(batch, Values(scores.Losses), Array.ConvertAll(Values(scores.Right), value => value > 0));
    }

    private static double[] Values(Tensor tensor) => tensor.cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
