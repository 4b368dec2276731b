using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>What people call a run: it may change at any time and changes no number.</summary>
/// <param name="Name">Its name; need not be unique.</param>
/// <param name="Tags">Words to find it by.</param>
/// <param name="Notes">Free text.</param>
public sealed record RunLabels(string Name, IReadOnlyList<string> Tags, string Notes)
{
    /// <summary>The labels of a run as it is.</summary>
    public static RunLabels Of(RunRecord run) => new(run.Spec.Name, run.Spec.Tags, run.Spec.Notes);

    /// <summary>All that is wrong with them.</summary>
    public IEnumerable<SpecProblem> Problems() => LabelRules.Problems(Name, Tags);
}

/// <summary>What an edit came to.</summary>
/// <param name="IsDone">False when the run is gone or somebody else edited it meanwhile; then nothing was changed.</param>
/// <param name="Now">The run as it is now; null when it is gone.</param>
public sealed record RunEdit(bool IsDone, RunRecord? Now);
