using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>needle</c>.</summary>
public sealed record NeedleOptions : DatasetOptions
{
    /// <summary>Where the needle lies.</summary>
    [Range(0.0, 1.0)]
    [Display(Name = "Depth", Description = "Where the needle lies: 0 at the beginning, 1 right before the question; empty for anywhere, drawn for each sequence.")]
    public double? Depth { get; init; }

    /// <summary>Tokens of the value.</summary>
    [Range(1, 65536)]
    [Display(Name = "Value length", Description = "Tokens of the value that the question asks for.", Prompt = "tokens")]
    public int ValueLength { get; init; } = 4;

    /// <summary>Other needles.</summary>
    [Range(0, 65536)]
    [Display(Name = "Distractors", Description = "Other needles in the haystack, with keys that nobody asks for.", Prompt = "needles")]
    public int Distractors { get; init; }

    /// <summary>Number of different keys.</summary>
    [Range(1, 65536)]
    [Display(Name = "Keys", Description = "Number of different keys there are.", Prompt = "keys")]
    public int Keys { get; init; } = 8;

    /// <summary>Number of different value tokens.</summary>
    [Range(2, 65536)]
    [Display(Name = "Values", Description = "Number of different tokens that values are made of.", Prompt = "tokens")]
    public int Values { get; init; } = 8;

    /// <summary>Number of different filler tokens.</summary>
    [Range(1, 65536)]
    [Display(Name = "Hay", Description = "Number of different tokens that the haystack is made of.", Prompt = "tokens")]
    public int Hay { get; init; } = 32;
}

/// <summary>
/// A key with its value somewhere in a haystack of filler, among others like it, and a question at the end: <c>? k3 v7 v1</c>. Only the value in the answer is
/// scored. With one seed the sequences of all depths differ in nothing but the place of the needle.
/// </summary>
public sealed class Needle : GeneratedDataset<NeedleOptions>
{
    private const int Question = 0;

    /// <inheritdoc/>
    public override string Id => "needle";

    /// <inheritdoc/>
    public override string Title => "Needle in a haystack";

    /// <inheritdoc/>
    public override string Summary => "A key and its value at some depth of a haystack, asked for at the end; tells from which depths a model retrieves.";

    /// <inheritdoc/>
    protected override TokenWords Words(NeedleOptions options) => new(["?"], ("k", options.Keys), ("v", options.Values), ("w", options.Hay));

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(NeedleOptions options, int contextLength)
    {
        if (options.Distractors >= options.Keys)
        {
            yield return new SpecProblem("dataset.keys", $"{Count(options.Keys, "key")} cannot tell a needle and {Count(options.Distractors, "distractor")} apart.", "Use more keys or fewer distractors.")
            {
                Fixes = [.. new[] { Fix("keys", options.Distractors + 1L), Fix("distractors", options.Keys - 1) }.OfType<SpecFix>()],
            };
        }

        var needle = 1L + options.ValueLength;
        var content = $"a needle of {Number(needle)} tokens{(options.Distractors > 0 ? $", {Count(options.Distractors, "distractor")}" : "")} and the question";
        var smaller = options.Distractors > 0 ? "fewer distractors or a shorter value" : "a shorter value";
        if (Space(
            contextLength, ((options.Distractors + 2L) * needle) + 1, content, smaller,
            options.Distractors > 0 ? Fix("distractors", ((contextLength - 1) / needle) - 2) : null,
            Fix("valueLength", ((contextLength - 1) / (options.Distractors + 2L)) - 1)) is { } problem)
        {
            yield return problem;
        }
    }

    /// <summary>Tokens of a value are drawn alike and independently, hence chance is ln of their number; the needle lies before the question, hence the floor is 0.</summary>
    protected override DatasetFacts Describe(NeedleOptions options, int contextLength, int vocabulary) => new(Math.Log(options.Values), 0);

    /// <inheritdoc/>
    protected override TokenStream Open(NeedleOptions options, int contextLength, int vocabulary) =>
        new Stream(Id, Describe(options, contextLength, vocabulary), options, contextLength, Words(options));

    private sealed class Stream(string id, DatasetFacts facts, NeedleOptions options, int contextLength, TokenWords words) : GeneratedStream(id, facts, contextLength, words)
    {
        private readonly int _straws = contextLength - 1 - ((options.Distractors + 2) * (1 + options.ValueLength));

        protected override void Fill(ref GeneratedRow row, int[] shared, ref RandomSequence random)
        {
            var needles = options.Distractors + 1;
            var keys = Drawing.Distinct(needles, options.Keys, ref random);
            var values = Drawing.Uniform(needles * options.ValueLength, options.Values, ref random, FirstOf(1));
            var hay = Drawing.Uniform(_straws, options.Hay, ref random, FirstOf(2));

            // The line without the needle: hay, and distractors at some of its places. All is drawn even where a depth is given, so that depths compare alike rows.
            var line = _straws + options.Distractors;
            var distractors = Drawing.Distinct(options.Distractors, line, ref random);
            Array.Sort(distractors);
            var drawn = random.NextInt32(line + 1);
            var depth = options.Depth is { } share ? (int)Math.Round(share * line) : drawn;
            var (straw, distractor) = (0, 0);
            for (var place = 0; place <= line; place++)
            {
                if (place == depth)
                {
                    Put(ref row, keys[0], Value(values, 0), TokenClass.Needle);
                }

                if (distractor < distractors.Length && distractors[distractor] == place)
                {
                    distractor++;
                    Put(ref row, keys[distractor], Value(values, distractor), TokenClass.Noise);
                }
                else if (place < line)
                {
                    row.Add(hay[straw++], TokenClass.Noise);
                }
            }

            row.Add(Question, TokenClass.Rule);
            row.Add(FirstOf(0) + keys[0], TokenClass.Rule);
            row.Add(Value(values, 0), TokenClass.Answer);
        }

        private ReadOnlySpan<int> Value(int[] values, int needle) => values.AsSpan(needle * options.ValueLength, options.ValueLength);

        private void Put(ref GeneratedRow row, int key, ReadOnlySpan<int> value, TokenClass item)
        {
            row.Add(FirstOf(0) + key, item);
            row.Add(value, item);
        }
    }
}
