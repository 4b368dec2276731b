using System.Globalization;
using System.Text.RegularExpressions;

namespace Crossbench.Training;

/// <summary>
/// The checkpoint of another run that a run starts from. Weights and optimiser moments come from it, and the run goes on as its parent would have: steps,
/// tokens and elapsed time are counted on, <c>training.steps</c> is the total, the schedule is that of the run's own options from that step on, and data,
/// noise and masks are those that the run's own seed gives for the steps that follow. So a fork that changes nothing repeats its parent's bits.
/// </summary>
/// <param name="Run">The other run: its id once a run is created, before that as a person named it.</param>
/// <param name="Step">Step of its checkpoint; absent for the newest, until a run is created.</param>
public sealed partial record ForkOrigin(string Run, long? Step)
{
    /// <summary>Path in specifications and of <c>--set</c>.</summary>
    public const string Path = "from";

    private const int LongestName = 200;

    /// <summary>Reads <c>RUN@STEP</c>, or <c>RUN</c>.</summary>
    /// <param name="text">The text; empty stands for a run that starts from its own initial weights.</param>
    /// <param name="problems">Gets what is wrong with it.</param>
    public static ForkOrigin? Read(string text, List<SpecProblem> problems)
    {
        if (text.Trim().Length == 0)
        {
            return null;
        }

        if (Form().Match(text.Trim()) is { Success: true } match && match.Groups["run"].Value.Length <= LongestName)
        {
            return new ForkOrigin(match.Groups["run"].Value, match.Groups["step"] is { Success: true, Value: var step } ? long.Parse(step, CultureInfo.InvariantCulture) : null);
        }

        problems.Add(new SpecProblem(Path, $"\"{text.Trim()}\" names no checkpoint.", "Write RUN@STEP, or RUN for its newest: the id of a run, the beginning of one or a name, and a step of which it has a checkpoint."));
        return null;
    }

    /// <summary>The text that <see cref="Read"/> reads.</summary>
    public override string ToString() => Step is { } step ? string.Create(CultureInfo.InvariantCulture, $"{Run}@{step}") : Run;

    [GeneratedRegex(@"^(?<run>[^\p{C}@]+)(@(?<step>[0-9]{1,12}))?$")]
    private static partial Regex Form();
}
