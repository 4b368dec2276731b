using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>induction</c>.</summary>
public sealed record InductionOptions : DatasetOptions
{
    /// <summary>Number of different tokens.</summary>
    [Range(3, 65536)]
    [Display(Name = "Alphabet", Description = "Number of different tokens; any of them may be the first or the second of a pair.", Prompt = "tokens")]
    public int Alphabet { get; init; } = 16;

    /// <summary>Pairs that a sequence repeats.</summary>
    [Range(1, 65536)]
    [Display(Name = "Pairs", Description = "Pairs of neighbours that a sequence repeats; their first tokens occur nowhere else in it.", Prompt = "pairs")]
    public int Pairs { get; init; } = 4;

    /// <summary>How often each pair occurs.</summary>
    [Range(2, 65536)]
    [Display(Name = "Occurrences", Description = "How often each pair occurs in a sequence; all but the first are scored.", Prompt = "times")]
    public int Occurrences { get; init; } = 8;
}

/// <summary>
/// Induction heads (Olsson et al., 2022): random tokens in which some pair A B comes again, so that after A the B follows from what came after the earlier A.
/// The seconds of pairs are scored from their second occurrence on. With one pair, two occurrences and 16 tokens it is the task of the Mamba paper.
/// </summary>
public sealed class Induction : GeneratedDataset<InductionOptions>
{
    /// <inheritdoc/>
    public override string Id => "induction";

    /// <inheritdoc/>
    public override string Title => "Induction";

    /// <inheritdoc/>
    public override string Summary => "Random tokens in which pairs come again: after A the B that followed it before; tells whether induction heads form.";

    /// <inheritdoc/>
    protected override TokenWords Words(InductionOptions options) => new([], ("", options.Alphabet));

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(InductionOptions options, int contextLength)
    {
        // One token beside the firsts of pairs, at least, is left to be a second.
        if (options.Pairs >= options.Alphabet)
        {
            yield return new SpecProblem("dataset.pairs", $"{Count(options.Pairs, "pair")} need as many first tokens and another for the second ones; the alphabet has {Number(options.Alphabet)}.", "Use fewer pairs or a larger alphabet.")
            {
                Fixes = [.. new[] { Fix("pairs", options.Alphabet - 1), Fix("alphabet", options.Pairs + 1L) }.OfType<SpecFix>()],
            };
        }

        var content = $"{Count(options.Pairs, "pair")}, {Number(options.Occurrences)} times {(options.Pairs == 1 ? "" : "each")}".TrimEnd();
        var needed = 2L * options.Pairs * options.Occurrences;
        if (Space(
            contextLength, needed, content, "fewer pairs or occurrences",
            Fix("pairs", contextLength / (2L * options.Occurrences)), Fix("occurrences", contextLength / (2L * options.Pairs))) is { } problem)
        {
            yield return problem;
        }
    }

    /// <summary>
    /// The draw treats all tokens alike, so each is as likely to be the second of a pair: chance is ln of their number. Firsts of pairs occur nowhere else, so
    /// what followed before follows again and the floor is 0.
    /// </summary>
    protected override DatasetFacts Describe(InductionOptions options, int contextLength, int vocabulary) => new(Math.Log(options.Alphabet), 0);

    /// <inheritdoc/>
    protected override TokenStream Open(InductionOptions options, int contextLength, int vocabulary) =>
        new Stream(Id, Describe(options, contextLength, vocabulary), options, contextLength, Words(options));

    private sealed class Stream(string id, DatasetFacts facts, InductionOptions options, int contextLength, TokenWords words) : GeneratedStream(id, facts, contextLength, words)
    {
        private readonly int _blocks = options.Pairs * options.Occurrences;

        protected override void Fill(ref GeneratedRow row, int[] shared, ref RandomSequence random)
        {
            // The head of a shuffled alphabet are the firsts of pairs, the rest is for everything else.
            var alphabet = Drawing.Distinct(options.Alphabet, options.Alphabet, ref random);
            var others = alphabet[options.Pairs..];
            var seconds = Drawing.Uniform(options.Pairs, others.Length, ref random);
            while (row.Left > 0)
            {
                row.Add(others[random.NextInt32(others.Length)], TokenClass.Noise);
            }

            var starts = Drawing.Blocks(_blocks, 2, Length, ref random);
            var order = Drawing.Distinct(_blocks, _blocks, ref random);
            var seen = new bool[options.Pairs];
            for (var block = 0; block < _blocks; block++)
            {
                var pair = order[block] % options.Pairs;
                row.Set(starts[block], alphabet[pair], seen[pair] ? TokenClass.Rule : TokenClass.Signal);
                row.Set(starts[block] + 1, others[seconds[pair]], seen[pair] ? TokenClass.Answer : TokenClass.Signal);
                seen[pair] = true;
            }
        }
    }
}
