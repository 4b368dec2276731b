namespace Crossbench.Runs.Filters;

/// <summary>What a list of runs is narrowed to: the meaning of a filter's text. The types below are all there are.</summary>
public abstract record RunFilter
{
    private protected RunFilter()
    {
    }

    /// <summary>Whether it says anything about a mark; archived and deleted runs are left out of lists unless a filter speaks of them.</summary>
    public virtual bool Mentions(RunMark mark) => false;

    /// <summary>Whether every run that matches has a mark.</summary>
    public virtual bool Requires(RunMark mark) => false;
}

/// <summary>Runs that match every part; all runs when there is none.</summary>
/// <param name="Parts">The parts.</param>
public sealed record EveryOf(IReadOnlyList<RunFilter> Parts) : RunFilter
{
    /// <inheritdoc/>
    public override bool Mentions(RunMark mark) => Parts.Any(part => part.Mentions(mark));

    /// <inheritdoc/>
    public override bool Requires(RunMark mark) => Parts.Any(part => part.Requires(mark));
}

/// <summary>Runs that match one of the parts.</summary>
/// <param name="Parts">The parts.</param>
public sealed record AnyOf(IReadOnlyList<RunFilter> Parts) : RunFilter
{
    /// <inheritdoc/>
    public override bool Mentions(RunMark mark) => Parts.Any(part => part.Mentions(mark));

    /// <inheritdoc/>
    public override bool Requires(RunMark mark) => Parts.Count > 0 && Parts.All(part => part.Requires(mark));
}

/// <summary>Runs that do not match.</summary>
/// <param name="Part">What they do not match.</param>
public sealed record NoneOf(RunFilter Part) : RunFilter
{
    /// <inheritdoc/>
    public override bool Mentions(RunMark mark) => Part.Mentions(mark);
}

/// <summary>Runs with a text somewhere in name, architecture, dataset or tags, in any case.</summary>
/// <param name="Text">The text.</param>
public sealed record HasWords(string Text) : RunFilter;

/// <summary>Runs with a mark.</summary>
/// <param name="Mark">The mark.</param>
public sealed record IsMarked(RunMark Mark) : RunFilter
{
    /// <inheritdoc/>
    public override bool Mentions(RunMark mark) => mark == Mark;

    /// <inheritdoc/>
    public override bool Requires(RunMark mark) => mark == Mark;
}

/// <summary>Runs of one of some statuses.</summary>
/// <param name="Statuses">The statuses.</param>
public sealed record HasStatus(IReadOnlyList<RunStatus> Statuses) : RunFilter;

/// <summary>Runs whose text is one of some values, or holds or begins with it: <see cref="RunText"/> says which.</summary>
/// <param name="Field">The text.</param>
/// <param name="Values">The values.</param>
public sealed record HasText(RunText Field, IReadOnlyList<string> Values) : RunFilter;

/// <summary>Runs whose number compares with a value; a number that is not known compares with none.</summary>
/// <param name="Field">The number.</param>
/// <param name="Comparison">How it compares.</param>
/// <param name="Value">The value; times in seconds, shares of one.</param>
public sealed record HasNumber(RunNumber Field, FilterComparison Comparison, double Value) : RunFilter;

/// <summary>How a number compares with a value.</summary>
public enum FilterComparison
{
    /// <summary>It is the value.</summary>
    Is,

    /// <summary>It is below.</summary>
    Less,

    /// <summary>It is the value or below.</summary>
    AtMost,

    /// <summary>It is above.</summary>
    More,

    /// <summary>It is the value or above.</summary>
    AtLeast,
}

/// <summary>What a run may be beside its status.</summary>
public enum RunMark
{
    /// <summary>Taken out of the list.</summary>
    Archived,

    /// <summary>Deleted, and not yet gone for good.</summary>
    Deleted,

    /// <summary>Trained elsewhere.</summary>
    Imported,

    /// <summary>Queued or running.</summary>
    Live,

    /// <summary>Completed with an interval that holds chance.</summary>
    NotLearned,

    /// <summary>Found by the causality probe to see the future.</summary>
    SeesTheFuture,

    /// <summary>With other processes on its cores for a while.</summary>
    Busy,
}

/// <summary>The texts of a run that a filter can ask for.</summary>
public enum RunText
{
    /// <summary>Id of the architecture.</summary>
    Architecture,

    /// <summary>Id of the dataset.</summary>
    Dataset,

    /// <summary>A part of the suite's name, in any case, or its whole id.</summary>
    Suite,

    /// <summary>A whole tag.</summary>
    Tag,

    /// <summary>A part of the name, in any case.</summary>
    Name,

    /// <summary>The beginning of the id.</summary>
    Id,

    /// <summary>The device, in any case; <c>cuda</c> is any of that kind.</summary>
    Device,
}

/// <summary>The numbers of a run that a filter can ask for.</summary>
public enum RunNumber
{
    /// <summary>Seed.</summary>
    Seed,

    /// <summary>Evaluation loss.</summary>
    EvalLoss,

    /// <summary>Training loss.</summary>
    TrainLoss,

    /// <summary>Share of the way from chance to floor.</summary>
    Gap,

    /// <summary>Share of the steps done.</summary>
    Progress,

    /// <summary>Tokens per second.</summary>
    Speed,

    /// <summary>Steps done.</summary>
    Step,

    /// <summary>Steps in all.</summary>
    Steps,

    /// <summary>Parameters.</summary>
    Parameters,

    /// <summary>Learning rate.</summary>
    LearningRate,

    /// <summary>Model width.</summary>
    Width,

    /// <summary>Layers.</summary>
    Layers,

    /// <summary>Sequences in a batch.</summary>
    Batch,

    /// <summary>Context length.</summary>
    Context,

    /// <summary>Rank in the queue.</summary>
    Priority,

    /// <summary>Seconds since it last changed its state.</summary>
    Age,

    /// <summary>Seconds of training.</summary>
    Time,
}
