namespace Crossbench.Datasets;

/// <summary>A dataset as somebody has set it up.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Options">Its options.</param>
/// <param name="ContextLength">Tokens in a sequence, T.</param>
/// <param name="Vocabulary">Vocabulary of the model, V.</param>
public sealed record DatasetSetup(Dataset Dataset, DatasetOptions Options, int ContextLength, int Vocabulary)
{
    /// <summary>Whether it opens at once, without a file and without preparation: then arithmetic knows its chance.</summary>
    public bool IsGenerated => Dataset.Describe(Options, ContextLength, Vocabulary).Chance is not null;
}

/// <summary>A look into a dataset: what frames its losses, what can be counted in it, and some of its rows.</summary>
/// <param name="Facts">Chance, floor and noise.</param>
/// <param name="Statistics">What was counted.</param>
/// <param name="Samples">Rows of the validation split, spread over it.</param>
/// <param name="Notes">What a user should know of how the data came about.</param>
public sealed record DatasetReport(DatasetFacts Facts, DatasetStatistics Statistics, IReadOnlyList<SampleRow> Samples, IReadOnlyList<string> Notes)
{
    /// <summary>Most rows that statistics look at.</summary>
    public const int MostRows = 256;

    /// <summary>Most tokens that statistics look at, unless a single row has more.</summary>
    public const int MostTokens = 1 << 20;

    private const int FrequentTokens = 12;
    private const int RowsAtOnce = 16;

    /// <summary>Prepares and opens the data, then looks at a limited number of its rows. Needs no tensor library.</summary>
    /// <param name="setup">The dataset.</param>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="samples">Number of rows to decode; fewer where the split has fewer.</param>
    /// <param name="progress">Told how far the preparation is.</param>
    /// <param name="cancellation">Ends it early; nothing half-made is left behind, but for the part of a download that has arrived, which a later one goes on with.</param>
    /// <exception cref="SpecException">The data cannot be used after all.</exception>
    public static DatasetReport Of(DatasetSetup setup, DataFolder folder, int samples, PreparationProgress? progress, CancellationToken cancellation)
    {
        setup.Dataset.Prepare(folder, setup.Options, (what, share) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(what, share);
        });
        cancellation.ThrowIfCancellationRequested();
        using var stream = setup.Dataset.Open(folder, setup.Options, setup.ContextLength, setup.Vocabulary);
        IReadOnlyList<string> TextsOf(int[] tokens) => setup.Dataset.TextsOf(folder, setup.Options, tokens);
        var rows = RowsOf(stream, setup.ContextLength);
        var statistics = Count(stream, rows, cancellation).Sum(rows, setup.ContextLength, FrequentTokens, TextsOf);
        return new DatasetReport(
            setup.Dataset.Describe(setup.Options, setup.ContextLength, setup.Vocabulary) with { Chance = stream.Chance, Floor = stream.Floor, NoiseShare = stream.NoiseShare },
            statistics with
            {
                Tokens = stream.Tokens,
                Documents = stream.Documents,
                ValidationSequences = Known(stream.EvaluationCapacity(HeldOut.Validation)),
                TestSequences = Known(stream.EvaluationCapacity(HeldOut.Test)),
            },
            SamplesOf(setup, folder, stream, samples, rows),
            stream.Notes);
    }

    /// <summary>Rows of the validation split, decoded and spread over it.</summary>
    internal static IReadOnlyList<SampleRow> SamplesOf(DatasetSetup setup, DataFolder folder, TokenStream stream, int samples, int of) =>
    [
        .. Spread(Math.Min(samples, of), of).Select(row => SampleRow.Of(
            row, Batch(stream, row, 1, of), tokens => setup.Dataset.TextsOf(folder, setup.Options, tokens), tokens => stream.Decode(tokens), stream.EndsWithInputs) with
        {
            Clean = stream.CleanRow(HeldOut.Validation, row, of) is { } clean ? stream.Decode(clean.AsSpan(0, Math.Min(clean.Length, SampleRow.MostTokens))) : null,
        }),
    ];

    private static int RowsOf(TokenStream stream, int contextLength) =>
        (int)Math.Clamp(Math.Min(MostTokens / contextLength, stream.EvaluationCapacity(HeldOut.Validation)), 1, MostRows);

    private static TokenCounter Count(TokenStream stream, int rows, CancellationToken cancellation)
    {
        var counter = new TokenCounter();
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            counter.Add(Batch(stream, first, Math.Min(RowsAtOnce, rows - first), rows), stream.EndsWithInputs);
        }

        return counter;
    }

    private static TokenBatch Batch(TokenStream stream, int first, int count, int of) => stream.EvaluationBatch(HeldOut.Validation, first, count, of);

    private static IEnumerable<int> Spread(int count, int of) => Enumerable.Range(0, count).Select(i => (int)((long)i * of / count));

    private static long? Known(long capacity) => capacity == long.MaxValue ? null : capacity;
}
