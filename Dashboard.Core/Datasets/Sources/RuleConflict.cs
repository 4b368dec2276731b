using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Generated;
using Crossbench.Options;

namespace Crossbench.Datasets.Sources;

/// <summary>What a cue of <c>rule_conflict</c> asks for.</summary>
public enum ListRule
{
    /// <summary>The list, smallest first.</summary>
    Sort,

    /// <summary>The list, largest first.</summary>
    SortDown,

    /// <summary>The list from its end.</summary>
    Reverse,

    /// <summary>The list as it is.</summary>
    Copy,

    /// <summary>The list from some place on, then what stood before.</summary>
    Shift,

    /// <summary>Neighbours exchanged: second, first, fourth, third and so on; the last of an odd list stays.</summary>
    Swap,
}

/// <summary>Where the cue of <c>rule_conflict</c> stands.</summary>
public enum CuePlace
{
    /// <summary>Before the list, so that the list can be read in the light of the rule.</summary>
    Before,

    /// <summary>After the list, so that the list must be kept for every rule.</summary>
    After,
}

/// <summary>Options of <c>rule_conflict</c>.</summary>
public sealed record RuleConflictOptions : DatasetOptions
{
    /// <summary>The rules that a cue selects from, each equally likely.</summary>
    [Display(Name = "Rules", Description = "Rules that compete, with commas between them: sort, sortDown, reverse, copy, shift, swap.")]
    public ChoiceList<ListRule> Rules { get; init; } = [ListRule.Sort, ListRule.Reverse, ListRule.Copy, ListRule.Shift];

    /// <summary>Length of the shortest list.</summary>
    [Range(1, 65536)]
    [Display(Name = "Shortest list", Description = "Items in the shortest list; equal to the longest for lists of one length.", Prompt = "items")]
    public int Shortest { get; init; } = 4;

    /// <summary>Length of the longest list.</summary>
    [Range(1, 65536)]
    [Display(Name = "Longest list", Description = "Items in the longest list; all lengths between are equally likely.", Prompt = "items")]
    public int Longest { get; init; } = 6;

    /// <summary>Number of different items.</summary>
    [Range(2, 65536)]
    [Display(Name = "Alphabet", Description = "Number of different items; lists are drawn from them, repeats included.", Prompt = "items")]
    public int Alphabet { get; init; } = 10;

    /// <summary>How far the rule shift goes.</summary>
    [Range(1, 65536)]
    [Display(Name = "Shift by", Description = "Places that the rule shift moves a list to the left; what falls off comes back at its end.", Prompt = "places")]
    public int ShiftBy { get; init; } = 1;

    /// <summary>Where the cue stands.</summary>
    [Display(Name = "Cue", Description = "Whether the rule is named before or after the list.")]
    public CuePlace Cue { get; init; }

    /// <summary>Examples in a sequence; empty for more as long as one with the longest list fits.</summary>
    [Range(1, 65536)]
    [Display(Name = "Examples", Description = "Examples in a sequence; empty for more as long as one with the longest list fits.", Prompt = "examples")]
    public int? Examples { get; init; }
}

/// <summary>
/// A cue, a list, and the answer that the rule named by the cue makes of it: <c>sort 7 3 9 → 3 7 9</c>. The rules contradict each other, so a model must
/// follow the cue. Only answers are scored.
/// </summary>
public sealed class RuleConflict : GeneratedDataset<RuleConflictOptions>
{
    /// <summary>Ids of the marks: filler after the last example, arrow before an answer, separator after it; then the cues, one each rule there is.</summary>
    internal const int Blank = 0, Arrow = 1, Separator = 2, FirstCue = 3;

    private static readonly string[] Marks = [".", "→", ";", .. ChoiceNames.Of(typeof(ListRule))];

    /// <inheritdoc/>
    public override string Id => "rule_conflict";

    /// <inheritdoc/>
    public override string Title => "Rule conflict";

    /// <inheritdoc/>
    public override string Summary => "Lists to be sorted, reversed, copied or shifted as a cue says; tells whether a model follows the cue.";

    /// <inheritdoc/>
    protected override TokenWords Words(RuleConflictOptions options) => new(Marks, ("", options.Alphabet));

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(RuleConflictOptions options, int contextLength)
    {
        if (options.Shortest > options.Longest)
        {
            yield return new SpecProblem("dataset.shortest", $"The shortest list, {Number(options.Shortest)}, is longer than the longest, {Number(options.Longest)}.", "Lower it, or raise the longest.")
            {
                Fixes = [Fix("shortest", options.Longest)!, Fix("longest", options.Shortest)!],
            };
        }

        var examples = options.Examples ?? 1;
        var content = $"{Count(examples, "example")} with {(examples == 1 ? "a list" : "lists")} of {Number(options.Longest)}";
        var longest = ((contextLength + 1L) / examples - 3) / 2;
        var fitting = (contextLength + 1L) / ExampleLength(options.Longest);
        if (Space(
            contextLength, (examples * ExampleLength(options.Longest)) - 1, content, examples == 1 ? "shorter lists" : "fewer examples or shorter lists",
            Fix("longest", longest, options.Shortest), options.Examples is null ? null : Fix("examples", fitting)) is { } problem)
        {
            yield return problem;
        }
    }

    /// <summary>
    /// Items are drawn alike and independently, and every rule only reorders them: a predictor that knows nothing but frequencies finds all items equally
    /// likely in an answer. Rule and list are seen before it, so it is known entirely; that rules agree on some lists (a sorted one is sorted) changes neither.
    /// </summary>
    protected override DatasetFacts Describe(RuleConflictOptions options, int contextLength, int vocabulary) => new(Math.Log(options.Alphabet), 0);

    /// <inheritdoc/>
    protected override TokenStream Open(RuleConflictOptions options, int contextLength, int vocabulary) =>
        new RuleConflictStream(Id, Describe(options, contextLength, vocabulary), options, contextLength, Words(options));

    /// <summary>Cue, list, arrow, answer and the separator behind it, which the last example of a sequence can do without.</summary>
    internal static long ExampleLength(int items) => (2L * items) + 3;

    /// <summary>What a rule makes of a list.</summary>
    internal static int[] Apply(ListRule rule, int[] list, int shift) => rule switch
    {
        ListRule.Sort => [.. list.Order()],
        ListRule.SortDown => [.. list.OrderDescending()],
        ListRule.Reverse => [.. list.Reverse()],
        ListRule.Copy => list,
        ListRule.Shift => [.. list[(shift % list.Length)..], .. list[..(shift % list.Length)]],
        ListRule.Swap => [.. list.Select((item, i) => i % 2 == 1 ? list[i - 1] : i + 1 < list.Length ? list[i + 1] : item)],
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };
}
