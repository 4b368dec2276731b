using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Suites;

namespace Crossbench.Web.Suites;

/// <summary>What a suite's text stands for, looked at beforehand.</summary>
/// <param name="File">The file that problems name it by.</param>
/// <param name="Plan">Its runs, problems and notes.</param>
/// <param name="Seconds">Seconds of each run; null of those with problems.</param>
/// <param name="IsRough">Whether for some of them no finished run of the same kind tells.</param>
internal sealed record SuiteLook(string File, SuitePlan Plan, IReadOnlyList<double?> Seconds, bool IsRough)
{
    /// <summary>Seconds of all runs without problems; null when there is none.</summary>
    public double? Total => Seconds.All(item => item is null) ? null : Seconds.OfType<double>().Sum();

    /// <summary>Looks at a text.</summary>
    public static SuiteLook Of(SuiteFolder folder, IRunStore store, string name, string text)
    {
        var plan = folder.Expand(name, text);
        var speeds = new MeasuredSpeeds(store);
        (double Seconds, SpeedSource Source)?[] estimates = [.. plan.Runs.Select(run => run.Problems.Count > 0 ? ((double, SpeedSource)?)null : speeds.Estimate(run.Spec))];
        return new SuiteLook(folder.PathOf(name), plan, [.. estimates.Select(item => item?.Seconds)], estimates.Any(item => item is { Source: not SpeedSource.SameKind }));
    }

    /// <summary>Where a place of a text is, in UTF-16 units from its beginning: columns count characters.</summary>
    public static int OffsetOf(string text, TextPosition at)
    {
        var (offset, line) = (0, 1);
        while (line < at.Line && text.IndexOf('\n', offset) is var next and >= 0)
        {
            (offset, line) = (next + 1, line + 1);
        }

        for (var column = 1; column < at.Column && offset < text.Length && text[offset] != '\n'; column++)
        {
            offset += char.IsHighSurrogate(text[offset]) && offset + 1 < text.Length ? 2 : 1;
        }

        return offset;
    }
}
