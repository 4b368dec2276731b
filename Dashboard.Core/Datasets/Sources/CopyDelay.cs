using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>copy_delay</c>.</summary>
public sealed record CopyDelayOptions : DatasetOptions
{
    /// <summary>Items to be copied.</summary>
    [Range(1, 65536)]
    [Display(Name = "String length", Description = "Items of the string to be copied.", Prompt = "items")]
    public int StringLength { get; init; } = 10;

    /// <summary>Number of different items.</summary>
    [Range(2, 65536)]
    [Display(Name = "Alphabet", Description = "Number of different items; each place of the string is drawn from them.", Prompt = "items")]
    public int Alphabet { get; init; } = 8;

    /// <summary>Filler between string and copy; empty for what the context has room for.</summary>
    [Range(0, 1_000_000)]
    [Display(Name = "Delay", Description = "Tokens of filler between the string and its copy; empty for all that the context has room for.", Prompt = "tokens")]
    public int? Delay { get; init; }

    /// <summary>What stands between string and copy.</summary>
    [Display(Name = "Filler", Description = "What stands in the delay: blank is one token, noise is random items.")]
    public FillerKind Filler { get; init; } = FillerKind.Blank;
}

/// <summary>
/// A random string, a delay, a mark, and the string again, of which only the copy is scored (the copying task of Hochreiter and Schmidhuber, 1997, with the
/// sizes of Arjovsky et al., 2016: 10 items out of 8).
/// </summary>
public sealed class CopyDelay : GeneratedDataset<CopyDelayOptions>
{
    private const int Arrow = 1;

    /// <inheritdoc/>
    public override string Id => "copy_delay";

    /// <inheritdoc/>
    public override string Title => "Copy after a delay";

    /// <inheritdoc/>
    public override string Summary => "A random string to be repeated after a delay; tells how long a model keeps what it has read.";

    /// <inheritdoc/>
    protected override TokenWords Words(CopyDelayOptions options) => new([".", "→"], ("", options.Alphabet));

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(CopyDelayOptions options, int contextLength)
    {
        var delay = options.Delay ?? 0;
        var content = $"{Count(options.StringLength, "item")}{(delay > 0 ? $", a delay of {Number(delay)}" : "")}, a mark and the copy";
        if (Space(
            contextLength, (2L * options.StringLength) + delay + 1, content, delay > 0 ? "a shorter delay or string" : "a shorter string",
            Fix("stringLength", (contextLength - 1 - delay) / 2), delay > 0 ? Fix("delay", contextLength - 1 - (2L * options.StringLength)) : null) is { } problem)
        {
            yield return problem;
        }
    }

    /// <summary>Items are drawn alike and independently, hence chance is ln of their number; all have been seen before the mark, hence the floor is 0.</summary>
    protected override DatasetFacts Describe(CopyDelayOptions options, int contextLength, int vocabulary) => new(Math.Log(options.Alphabet), 0);

    /// <inheritdoc/>
    protected override TokenStream Open(CopyDelayOptions options, int contextLength, int vocabulary) =>
        new Stream(Id, Describe(options, contextLength, vocabulary), options, contextLength, Words(options));

    private sealed class Stream(string id, DatasetFacts facts, CopyDelayOptions options, int contextLength, TokenWords words) : GeneratedStream(id, facts, contextLength, words)
    {
        private readonly int _delay = options.Delay ?? (contextLength - 1 - (2 * options.StringLength));

        protected override void Fill(ref GeneratedRow row, int[] shared, ref RandomSequence random)
        {
            var items = Drawing.Uniform(options.StringLength, options.Alphabet, ref random, FirstOf(0));
            row.Add(items, TokenClass.Signal);
            row.Add(options.Filler == FillerKind.Noise ? Drawing.Uniform(_delay, options.Alphabet, ref random, FirstOf(0)) : new int[_delay], TokenClass.Noise);
            row.Add(Arrow, TokenClass.Rule);
            row.Add(items, TokenClass.Answer);
        }
    }
}
