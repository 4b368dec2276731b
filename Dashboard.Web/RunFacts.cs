using System.Globalization;
using Crossbench.Reports.Suites;
using Crossbench.Runs;

namespace Crossbench.Web;

/// <summary>Figures that pages derive from a run's row.</summary>
internal static class RunFacts
{
    /// <summary>Share of the steps done.</summary>
    public static double Progress(RunRecord run) => Math.Clamp((double)run.Step / run.Spec.Training.Steps, 0, 1);

    /// <summary>A share as a CSS width.</summary>
    public static string Width(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    /// <summary>Tokens that one optimiser step trains on.</summary>
    public static long TokensPerStep(RunRecord run) => (long)run.Spec.Training.BatchSize * run.Spec.Training.Accumulation * run.Spec.Shape.ContextLength;

    /// <summary>Tokens trained on so far.</summary>
    public static long TokensSeen(RunRecord run) => run.Step * TokensPerStep(run);

    /// <summary>Tokens of the whole run.</summary>
    public static long TokensInAll(RunRecord run) => run.Spec.Training.Steps * TokensPerStep(run);

    /// <summary>Seconds left at the pace so far (evaluations included), while it runs and once a step is done.</summary>
    public static double? Left(RunRecord run) => run.Status != RunStatus.Running || run.Step == 0 ? null
        : run.Elapsed is { } elapsed ? elapsed / run.Step * (run.Spec.Training.Steps - run.Step)
        : run.TokensPerSecond is > 0 and { } speed ? (run.Spec.Training.Steps - run.Step) * TokensPerStep(run) / speed
        : null;

    /// <summary>When the run last changed its state: what its age counts from.</summary>
    public static DateTimeOffset Since(RunRecord run) => run.EndedAt ?? run.StartedAt ?? run.CreatedAt;

    /// <summary>True when the run can go on from where it is.</summary>
    public static bool CanResume(RunRecord run) => run.Source.Length == 0 && run.Status.CanGoOn();

    /// <summary>Colour of an architecture's lines, as a CSS variable.</summary>
    public static string Colour(string architecture) => $"--arch-{architecture}";

    /// <summary>Colour of a row's lines: that of its architecture, in the shade of its settings.</summary>
    public static string Colour(MatrixRow row) => row.Shade == 0 ? Colour(row.Architecture) : $"{Colour(row.Architecture)}-{row.Shade + 1}";
}
