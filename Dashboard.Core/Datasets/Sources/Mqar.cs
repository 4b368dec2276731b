using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>mqar</c>.</summary>
public sealed record MqarOptions : DatasetOptions
{
    /// <summary>Pairs at the beginning of a sequence.</summary>
    [Range(1, 65536)]
    [Display(Name = "Pairs", Description = "Pairs of key and value at the beginning of a sequence; no key occurs twice.", Prompt = "pairs")]
    public int Pairs { get; init; } = 8;

    /// <summary>How often a pair is asked for.</summary>
    [Range(1, 65536)]
    [Display(Name = "Queries", Description = "Questions in a sequence; the pairs take turns, in random order. Empty for each pair once, as published, which takes longer to learn.", Prompt = "queries")]
    public int? Queries { get; init; } = 32;

    /// <summary>Number of different keys.</summary>
    [Range(1, 65536)]
    [Display(Name = "Keys", Description = "Number of different keys there are.", Prompt = "keys")]
    public int Keys { get; init; } = 16;

    /// <summary>Number of different values.</summary>
    [Range(2, 65536)]
    [Display(Name = "Values", Description = "Number of different values there are.", Prompt = "values")]
    public int Values { get; init; } = 16;

    /// <summary>Exponent of the gaps: the place g, from 1, is asked at with a probability proportional to g to this power less 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [Display(Name = "Gap power", Description = "Where queries come: near 0 mostly soon after the pairs, 1 anywhere alike.")]
    public double GapPower { get; init; } = 0.01;

    /// <summary>What stands between queries.</summary>
    [Display(Name = "Filler", Description = "What stands between queries: noise is random values, blank is one token.")]
    public FillerKind Filler { get; init; }
}

/// <summary>
/// Multi-query associative recall (Arora et al., "Zoology", 2023): pairs of key and value, then keys among filler, each followed by its value. Only those
/// values are scored. As published, gaps follow a power law and keys and values are different tokens. There each pair is asked for once and the vocabulary is
/// 8192; by default both are such that small models learn the task in some thousand steps.
/// </summary>
public sealed class Mqar : GeneratedDataset<MqarOptions>
{
    /// <inheritdoc/>
    public override string Id => "mqar";

    /// <inheritdoc/>
    public override string Title => "Associative recall";

    /// <inheritdoc/>
    public override string Summary => "Pairs of key and value, then keys to be answered with their values (MQAR); tells how much a model recalls from its context.";

    /// <inheritdoc/>
    protected override TokenWords Words(MqarOptions options) => new(["."], ("k", options.Keys), ("v", options.Values));

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(MqarOptions options, int contextLength)
    {
        var queries = Queries(options);
        if (options.Pairs > options.Keys)
        {
            yield return new SpecProblem("dataset.keys", $"{Count(options.Keys, "key")} cannot make {Number(options.Pairs)} pairs without a key occurring twice.", "Use more keys or fewer pairs.")
            {
                Fixes = [Fix("keys", options.Pairs)!, Fix("pairs", options.Keys)!],
            };
        }

        var content = $"{Count(options.Pairs, "pair")} and {Number(queries)} {(queries == 1 ? "query" : "queries")}";
        var pairs = options.Queries is null ? contextLength / 4 : (contextLength / 2) - queries;
        var fixes = new[] { Fix("pairs", pairs), options.Queries is null ? null : Fix("queries", (contextLength / 2) - options.Pairs) };
        if (Space(contextLength, 2L * (options.Pairs + (long)queries), content, "fewer pairs or queries", fixes) is { } problem)
        {
            yield return problem;
        }
    }

    /// <summary>Values are drawn alike and independently, hence chance is ln of their number; the pairs are seen before the first query, hence the floor is 0.</summary>
    protected override DatasetFacts Describe(MqarOptions options, int contextLength, int vocabulary) => new(Math.Log(options.Values), 0);

    /// <inheritdoc/>
    protected override TokenStream Open(MqarOptions options, int contextLength, int vocabulary) =>
        new Stream(Id, Describe(options, contextLength, vocabulary), options, contextLength, Words(options));

    private static int Queries(MqarOptions options) => options.Queries ?? options.Pairs;

    private sealed class Stream(string id, DatasetFacts facts, MqarOptions options, int contextLength, TokenWords words) : GeneratedStream(id, facts, contextLength, words)
    {
        private readonly int _slots = (contextLength - (2 * options.Pairs)) / 2;

        protected override void Fill(ref GeneratedRow row, int[] shared, ref RandomSequence random)
        {
            var (firstKey, firstValue) = (FirstOf(0), FirstOf(1));
            var keys = Drawing.Distinct(options.Pairs, options.Keys, ref random);
            var values = Drawing.Uniform(options.Pairs, options.Values, ref random, firstValue);
            for (var pair = 0; pair < options.Pairs; pair++)
            {
                row.Add(firstKey + keys[pair], TokenClass.Signal);
                row.Add(values[pair], TokenClass.Signal);
            }

            while (row.Left > 0)
            {
                row.Add(options.Filler == FillerKind.Blank ? 0 : firstValue + random.NextInt32(options.Values), TokenClass.Noise);
            }

            // Any pair may be asked for at any place: neither follows from the other.
            var asked = new int[Queries(options)];
            for (var turn = 0; turn < asked.Length; turn += options.Pairs)
            {
                Drawing.Distinct(Math.Min(options.Pairs, asked.Length - turn), options.Pairs, ref random).CopyTo(asked, turn);
            }

            var slots = Drawing.Weighted(asked.Length, _slots, slot => Math.Pow(slot + 1, options.GapPower - 1), ref random);
            for (var query = 0; query < asked.Length; query++)
            {
                var place = 2 * (options.Pairs + slots[query]);
                row.Set(place, firstKey + keys[asked[query]], TokenClass.Rule);
                row.Set(place + 1, values[asked[query]], TokenClass.Answer);
            }
        }
    }
}
