using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Statistics;
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

    /// <summary>Mean over all counted tokens, with its 95 % interval over sequences; without one (a single sequence, a loss that is not finite) its ends are the mean.</summary>
    internal static (double Loss, double Low, double High) Summarise(IReadOnlyList<SequenceLoss> rows)
    {
        var sequences = rows.GroupBy(row => row.Sequence).Select(group => (Tokens: group.Sum(row => (double)row.Tokens), Sum: group.Sum(row => row.Loss * row.Tokens)))
            .Where(sequence => sequence.Tokens > 0).Select(sequence => (sequence.Sum / sequence.Tokens, sequence.Tokens)).ToArray();
        var mean = ClusterMean.Of(sequences);
        var loss = mean?.Mean ?? double.NaN;
        return double.IsFinite(loss) ? (loss, mean!.Low ?? loss, mean.High ?? loss) : (loss, loss, loss);
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
