using Crossbench.Runs;
using Crossbench.Runs.Filters;

namespace Crossbench.Tests.Support;

/// <summary>What a filter means, run by run: the plain form that the store's SQL is compared with.</summary>
internal static class SlowFilter
{
    public static bool Matches(RunFilter filter, RunRecord run, DateTimeOffset now) => filter switch
    {
        EveryOf every => every.Parts.All(part => Matches(part, run, now)),
        AnyOf any => any.Parts.Any(part => Matches(part, run, now)),
        NoneOf none => !Matches(none.Part, run, now),
        HasWords words => new[] { run.Spec.Name, run.Spec.Architecture.Id, run.Spec.Dataset.Id }.Concat(run.Spec.Tags).Any(text => Holds(text, words.Text)),
        HasStatus status => status.Statuses.Contains(run.Status),
        HasText text => text.Values.Any(value => Matches(text.Field, value, run)),
        HasNumber number => Number(number.Field, run, now) is { } known && Compares(known, number),
        IsMarked { Mark: var mark } => mark switch
        {
            RunMark.Archived => run.ArchivedAt is not null,
            RunMark.Deleted => run.DeletedAt is not null,
            RunMark.Imported => run.Source.Length > 0,
            RunMark.Live => !run.Status.IsEnded(),
            RunMark.NotLearned => run.NotLearned,
            RunMark.SeesTheFuture => run.SeesTheFuture == true,
            _ => run.BusyMachine,
        },
        _ => throw new ArgumentException($"What does {filter} mean?", nameof(filter)),
    };

    private static bool Holds(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static bool Matches(RunText field, string value, RunRecord run) => field switch
    {
        RunText.Architecture => run.Spec.Architecture.Id == value,
        RunText.Dataset => run.Spec.Dataset.Id == value,
        RunText.Tag => run.Spec.Tags.Contains(value),
        RunText.Name => Holds(run.Spec.Name, value),
        RunText.Id => run.Id.Value.StartsWith(value, StringComparison.Ordinal),
        RunText.Device => run.Spec.Training.Device.Split(':')[0].Equals(value, StringComparison.OrdinalIgnoreCase) || run.Spec.Training.Device.Equals(value, StringComparison.OrdinalIgnoreCase),
        _ => run.Suite is { } suite && (Holds(suite.Name, value) || suite.Id == value),
    };

    private static bool Compares(double known, HasNumber number) => number.Comparison switch
    {
        FilterComparison.Less => known < number.Value,
        FilterComparison.AtMost => known <= number.Value,
        FilterComparison.More => known > number.Value,
        FilterComparison.AtLeast => known >= number.Value,
        _ => known == number.Value,
    };

    private static double? Number(RunNumber field, RunRecord run, DateTimeOffset now) => field switch
    {
        RunNumber.Seed => run.Spec.Seed,
        RunNumber.EvalLoss => run.EvalLoss,
        RunNumber.TrainLoss => run.TrainLoss,
        RunNumber.Gap => run.ChanceToFloor,
        RunNumber.Progress => Math.Min(1, (double)run.Step / run.Spec.Training.Steps),
        RunNumber.Speed => run.TokensPerSecond,
        RunNumber.Step => run.Step,
        RunNumber.Steps => run.Spec.Training.Steps,
        RunNumber.Parameters => run.Parameters,
        RunNumber.LearningRate => run.Spec.Training.LearningRate,
        RunNumber.Width => run.Spec.Shape.Width,
        RunNumber.Layers => run.Spec.Shape.Layers,
        RunNumber.Batch => run.Spec.Training.BatchSize,
        RunNumber.Context => run.Spec.Shape.ContextLength,
        RunNumber.Priority => run.Priority,
        RunNumber.Age => (now - (run.EndedAt ?? run.StartedAt ?? run.CreatedAt)).TotalSeconds,
        _ => run.Elapsed,
    };
}
