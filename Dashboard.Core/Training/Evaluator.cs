using System.Numerics;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using MathNet.Numerics.Distributions;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>Scores a model on the fixed evaluation set, sequence by sequence.</summary>
internal static class Evaluator
{
    /// <summary>Buckets for any number of positions.</summary>
    private const int MostBuckets = 32;

    /// <summary>Scores the whole set, by token class and by position too; stops early, with null, when asked to.</summary>
    public static Evaluated? Run(LanguageModel model, EvaluationSet set, int batchSize, ForwardContext context, long step, Func<bool> stop)
    {
        var rows = new List<SequenceLoss>();
        var positions = new (double Sum, int Count)[MostBuckets];
        model.eval();
        for (var first = 0; first < set.Sequences; first += batchSize)
        {
            if (stop())
            {
                return null;
            }

            rows.AddRange(Score(model, set.Stream.EvaluationBatch(set.Split, first, Math.Min(batchSize, set.Sequences - first), set.Sequences), first, positions, context));
        }

        var (loss, low, high) = Summarise(rows);
        if (set.Name != Evaluated.OwnSet)
        {
            return new Evaluated(step, set.Name, loss, low, high, rows) { Points = [new MetricPoint(set.Metric, step, loss)] };
        }

        var classes = rows.GroupBy(row => row.Class).Select(group => new MetricPoint(
            TrainingMetrics.ClassLossName(group.Key), step, group.Sum(row => row.Loss * row.Tokens) / group.Sum(row => row.Tokens)));
        var byPosition = Array.ConvertAll(positions[..(PositionBucket(model.Shape.ContextLength - 1) + 1)], item => item.Count == 0 ? float.NaN : (float)(item.Sum / item.Count));
        return new Evaluated(step, Evaluated.OwnSet, loss, low, high, rows)
        {
            Points = rows.Exists(row => row.Class != TokenClass.Plain) ? [.. classes] : [],
            Snapshots = [new MetricSnapshot(TrainingMetrics.PositionLoss.Name, step, byPosition)],
        };
    }

    /// <summary>Bucket of a position: 0, 1, 2-3, 4-7 and so on.</summary>
    internal static int PositionBucket(int position) => position == 0 ? 0 : 1 + BitOperations.Log2((uint)position);

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

    private static List<SequenceLoss> Score(LanguageModel model, TokenBatch batch, int first, (double Sum, int Count)[] positions, ForwardContext context)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (inputs, targets) = BatchTensors.Create(batch, model.Device());
        var losses = model.TokenLosses(inputs, targets, context).cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray(); // [B·T]
        var rows = new List<SequenceLoss>();
        for (var row = 0; row < batch.BatchSize; row++)
        {
            var start = row * batch.ContextLength;
            var counted = Enumerable.Range(start, batch.ContextLength).Where(i => batch.Counted is null || batch.Counted[i]).ToArray();
            foreach (var i in counted)
            {
                var bucket = PositionBucket(i - start);
                positions[bucket] = (positions[bucket].Sum + losses[i], positions[bucket].Count + 1);
            }

            rows.AddRange(counted
                .GroupBy(i => batch.Classes is null ? TokenClass.Plain : batch.Classes[i])
                .OrderBy(group => group.Key)
                .Select(group => new SequenceLoss(first + row, group.Key, group.Average(i => losses[i]), group.Count())));
        }

        return rows;
    }
}
