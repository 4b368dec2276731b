using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Options;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>What tests of generated datasets with answers share: an oracle that is told the rule in words, and frequencies.</summary>
internal static class Answers
{
    public static readonly DataFolder Nowhere = new("/nonexistent");

    /// <summary>Opens a dataset with the vocabulary it has by itself.</summary>
    public static TokenStream Open(Dataset dataset, DatasetOptions options, int context) => dataset.Open(Nowhere, options, context, dataset.NaturalVocabulary(options));

    /// <summary>Rows of training and of both held-out splits.</summary>
    public static IEnumerable<TokenBatch> Batches(TokenStream stream, int rows) =>
    [
        stream.TrainingBatch(rows, new RandomStreams(3).Stream(RandomStreams.Data, 1)),
        stream.EvaluationBatch(HeldOut.Validation, 0, rows, rows),
        stream.EvaluationBatch(HeldOut.Test, 0, rows, rows),
    ];

    /// <summary>A row in words: every token with its class, as the row has them (the first has none).</summary>
    public static (string Word, TokenClass? Class, bool Counted)[] Words(TokenStream stream, TokenBatch batch, int row) =>
    [
        .. Enumerable.Range(row * batch.ContextLength, batch.ContextLength).Select(i => i % batch.ContextLength == 0
            ? (stream.Decode([batch.Inputs[i]]), null as TokenClass?, false)
            : (stream.Decode([batch.Inputs[i]]), batch.Classes![i - 1], batch.Counted![i - 1])),
    ];

    /// <summary>
    /// Mean loss, over counted targets of many rows, of a predictor that is shown the words before a target and names those it holds for equally likely; and
    /// the entropy of the frequencies of counted targets.
    /// </summary>
    public static (double Oracle, double Frequencies) Losses(TokenStream stream, int rows, Func<string[], IReadOnlyCollection<string>> oracle)
    {
        var losses = new List<double>();
        var counts = new Dictionary<string, int>();
        foreach (var batch in Batches(stream, rows))
        {
            for (var row = 0; row < batch.BatchSize; row++)
            {
                var words = Words(stream, batch, row);
                var seen = words.Select(item => item.Word).ToArray();
                for (var i = 1; i < words.Length; i++)
                {
                    Assert.Equal(words[i].Class == TokenClass.Answer, words[i].Counted);
                    if (words[i].Counted)
                    {
                        var candidates = oracle(seen[..i]);
                        losses.Add(candidates.Contains(seen[i]) ? Math.Log(candidates.Count) : double.PositiveInfinity);
                        counts[seen[i]] = counts.GetValueOrDefault(seen[i]) + 1;
                    }
                }
            }
        }

        var total = (double)losses.Count;
        return (losses.Average(), counts.Values.Sum(count => count / total * Math.Log(total / count)));
    }

    /// <summary>Asserts that floor and chance are what an oracle and the frequencies find.</summary>
    public static void AssertFacts(TokenStream stream, int rows, Func<string[], IReadOnlyCollection<string>> oracle)
    {
        var (lowest, frequencies) = Losses(stream, rows, oracle);
        Assert.Equal(stream.Floor!.Value, lowest, 0.01);
        Assert.Equal(stream.Chance, frequencies, 0.01);
    }

    /// <summary>Paths of the problems of options.</summary>
    public static string[] Problems(Dataset dataset, DatasetOptions options, int context, int? vocabulary = null) =>
        [.. dataset.Validate(options, context, vocabulary ?? dataset.NaturalVocabulary(options)).Select(problem => problem.Path)];

    /// <summary>Asserts that each fix of each problem of options is legal and, applied alone, solves the problem that offers it.</summary>
    public static void AssertFixesHelp(Dataset dataset, DatasetOptions options, int context, bool mayHaveNone = false)
    {
        var vocabulary = dataset.NaturalVocabulary(options);
        foreach (var problem in dataset.Validate(options, context, vocabulary).ToArray())
        {
            Assert.True(problem.Fixes.Count > 0 || mayHaveNone);
            foreach (var fix in problem.Fixes)
            {
                var (mended, length) = (options, context);
                if (fix.Path == "shape.contextLength")
                {
                    length = int.Parse(fix.Value, CultureInfo.InvariantCulture);
                }
                else
                {
                    var schema = OptionSchema.For(options.GetType());
                    var field = schema.Find(fix.Path["dataset.".Length..])!;
                    Assert.Null(field.TryParse(fix.Path, fix.Value, out var value));
                    mended = schema.With(options, field, value);
                }

                Assert.DoesNotContain(dataset.Validate(mended, length, dataset.NaturalVocabulary(mended)), other => other.Path == problem.Path);
            }
        }
    }
}
