using System.Numerics;
using Crossbench.Datasets;
using Crossbench.Metrics;

namespace Crossbench.Training;

/// <summary>What an evaluation adds up, batch by batch: losses by sequence, class and position, and how many targets and whole answers are right.</summary>
internal sealed class EvaluationTally
{
    /// <summary>Buckets for any number of positions.</summary>
    private const int MostBuckets = 32;

    private readonly List<SequenceLoss> _rows = [];
    private readonly (double Sum, int Count)[] _positions = new (double Sum, int Count)[MostBuckets];
    private int _sequences;
    private long _counted;
    private long _right;
    private int _answered;
    private int _exact;

    /// <summary>A row for each sequence and token class.</summary>
    public IReadOnlyList<SequenceLoss> Rows => _rows;

    /// <summary>Adds the sequences of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="losses">Loss of each target, B × T.</param>
    /// <param name="right">Whether each target is the likeliest token, B × T.</param>
    public void Add(TokenBatch batch, double[] losses, bool[] right)
    {
        for (var row = 0; row < batch.BatchSize; row++)
        {
            var start = row * batch.ContextLength;
            var counted = Enumerable.Range(start, batch.ContextLength).Where(i => batch.Counted is null || batch.Counted[i]).ToArray();
            foreach (var i in counted)
            {
                var bucket = PositionBucket(i - start);
                _positions[bucket] = (_positions[bucket].Sum + losses[i], _positions[bucket].Count + 1);
            }

            _rows.AddRange(counted
                .GroupBy(i => batch.Classes is null ? TokenClass.Plain : batch.Classes[i])
                .OrderBy(group => group.Key)
                .Select(group => new SequenceLoss(_sequences, group.Key, group.Average(i => losses[i]), group.Count())));
            AddRight(batch, counted, right);
            _sequences++;
        }
    }

    /// <summary>Accuracy, and exact match where there are answers.</summary>
    public IEnumerable<MetricPoint> Shares(long step)
    {
        yield return new MetricPoint(TrainingMetrics.EvalAccuracy.Name, step, _right / (double)_counted);
        if (_answered > 0)
        {
            yield return new MetricPoint(TrainingMetrics.ExactMatch.Name, step, _exact / (double)_answered);
        }
    }

    /// <summary>The loss of each class, where the dataset knows classes.</summary>
    public IEnumerable<MetricPoint> ClassLosses(long step) => !_rows.Exists(row => row.Class != TokenClass.Plain) ? [] : _rows.GroupBy(row => row.Class).Select(group =>
        new MetricPoint(TrainingMetrics.ClassLossName(group.Key), step, group.Sum(row => row.Loss * row.Tokens) / group.Sum(row => row.Tokens)));

    /// <summary>Mean loss at positions 0, 1, 2 to 3, 4 to 7 and so on.</summary>
    /// <param name="step">Optimiser steps done.</param>
    /// <param name="contextLength">Tokens in a sequence, T.</param>
    public MetricSnapshot ByPosition(long step, int contextLength) => new(
        TrainingMetrics.PositionLoss.Name, step,
        Array.ConvertAll(_positions[..(PositionBucket(contextLength - 1) + 1)], item => item.Count == 0 ? float.NaN : (float)(item.Sum / item.Count)));

    /// <summary>Bucket of a position: 0, 1, 2-3, 4-7 and so on.</summary>
    internal static int PositionBucket(int position) => position == 0 ? 0 : 1 + BitOperations.Log2((uint)position);

    private void AddRight(TokenBatch batch, int[] counted, bool[] right)
    {
        _counted += counted.Length;
        _right += counted.Count(i => right[i]);
        var answer = counted.Where(i => batch.Classes?[i] == TokenClass.Answer).ToArray();
        if (answer.Length > 0)
        {
            _answered++;
            _exact += answer.All(i => right[i]) ? 1 : 0;
        }
    }
}
