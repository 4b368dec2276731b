using Crossbench.Training;

namespace Crossbench.Runs.Sqlite;

/// <summary>
/// The newest values among events, for the run's row. A loss that is not finite leaves the last finite one in place: the series tell the whole story, the
/// row must sort. The speed is that over all counted steps of the last worker once there is one: a single step says little, and another worker may have had
/// another machine.
/// </summary>
internal sealed class LatestValues
{
    private readonly Dictionary<string, double> _finite = [];
    private Started? _started;
    private Evaluated? _evaluated;

    /// <summary>Sets what events brought; parameters in the order of <see cref="Arguments"/>.</summary>
    public const string Sql =
        """
        WITH begun (step) AS (SELECT coalesce((SELECT step FROM environment WHERE run = $1 ORDER BY number DESC LIMIT 1), -1))
        UPDATE run SET
          revision = revision + 1,
          step = coalesce($2, step),
          parameters = coalesce($3, parameters),
          chance = CASE WHEN $3 IS NULL THEN chance ELSE $4 END,
          floor = CASE WHEN $3 IS NULL THEN floor ELSE $5 END,
          sees_the_future = coalesce($6, sees_the_future),
          train_loss = coalesce($7, train_loss),
          tokens_per_second = coalesce(
            $13,
            CASE WHEN EXISTS (
              SELECT 1 FROM series JOIN begun
              WHERE series.run = $1 AND series.metric = (SELECT number FROM metric WHERE name = 'tokensPerSecond.steady')
                AND (series.sealed > begun.step OR EXISTS (SELECT 1 FROM tail WHERE tail.run = $1 AND tail.metric = series.metric AND tail.step > begun.step)))
            THEN tokens_per_second END,
            $8,
            tokens_per_second),
          elapsed = coalesce($9, elapsed),
          eval_loss = coalesce($10, eval_loss),
          eval_low = CASE WHEN $10 IS NULL THEN eval_low ELSE $11 END,
          eval_high = CASE WHEN $10 IS NULL THEN eval_high ELSE $12 END
        WHERE number = $1
        """;

    /// <summary>Step of the last event; null when there was none.</summary>
    public long? Step { get; private set; }

    /// <summary>Takes the next event.</summary>
    public void Take(TrainingEvent trainingEvent)
    {
        Step = trainingEvent.Step;
        switch (trainingEvent)
        {
            case Started started:
                _started = started;
                break;
            case Measured measured:
                foreach (var point in measured.Points.Where(point => double.IsFinite(point.Value)))
                {
                    _finite[point.Metric] = point.Value;
                }

                break;
            case Evaluated evaluated when evaluated.Set == Evaluated.OwnSet && double.IsFinite(evaluated.Loss):
                _evaluated = evaluated;
                break;
        }
    }

    /// <summary>Arguments of <see cref="Sql"/>.</summary>
    public object?[] Arguments(long run) =>
    [
        run, Step, _started?.Parameters, Finite(_started?.Chance), Finite(_started?.Floor), _started?.SeesTheFuture,
        Value(TrainingMetrics.TrainLoss.Name), Value(TrainingMetrics.TokensPerSecond.Name), Value(TrainingMetrics.Elapsed.Name),
        _evaluated?.Loss, Finite(_evaluated?.Low), Finite(_evaluated?.High), Value(TrainingMetrics.SteadyTokensPerSecond.Name),
    ];

    private static double? Finite(double? value) => value is { } known && double.IsFinite(known) ? known : null;

    private double? Value(string metric) => _finite.TryGetValue(metric, out var value) ? value : null;
}
