using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets;

/// <summary>Whose rows are made.</summary>
public enum Compatibility
{
    /// <summary>Ours: packed, never folded.</summary>
    None,

    /// <summary>
    /// Those of TransBench: each from the start of a document drawn with replacement, cut or padded with the end of text to T, ids modulo the vocabulary. Padding is
    /// scored and ids share classes, so losses say little; they serve to compare with what TransBench published.
    /// </summary>
    Transbench,
}

/// <summary>What rows as TransBench makes them need.</summary>
internal static class CompatibilityRules
{
    /// <summary>Help of the option.</summary>
    public const string Help = "none: packed rows. transbench: each row is a story from its start, padded with the end of text, ids modulo the vocabulary, and padding is scored: only to compare with what TransBench published.";

    /// <summary>What is in the way of such rows.</summary>
    public static IEnumerable<SpecProblem> Problems(Compatibility compat, TextualOptions options)
    {
        if (compat == Compatibility.None)
        {
            yield break;
        }

        if (options.Packing != Packing.Continuous)
        {
            yield return TextProblems.OwnRows("Rows as TransBench makes them hold one story each.");
        }

        // A learnt tokenizer always has an end of text.
        var spec = options.TokenizerSpec;
        if (spec.Choice != TokenizerChoice.Bpe && TokenizerCatalog.Problem(spec) is null && TokenizerCatalog.Open(spec).EndOfText is null)
        {
            yield return TextProblems.NoEnd(spec);
        }
    }
}
