namespace Crossbench.Datasets;

/// <summary>A token and how often it occurs.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it stands for.</param>
/// <param name="Share">Its share of all tokens that were looked at.</param>
public sealed record TokenShare(int Id, string Text, double Share);

/// <summary>A class of tokens and how often it occurs.</summary>
/// <param name="Class">The class.</param>
/// <param name="Share">Its share of all positions that were looked at, padding among them; the end of a row is none.</param>
public sealed record ClassShare(TokenClass Class, double Share);

/// <summary>What can be counted in a dataset: of all of it where that is known, else of rows spread evenly over the validation split.</summary>
/// <param name="Rows">Rows that were looked at.</param>
/// <param name="ContextLength">Tokens to predict in each of them, T.</param>
public sealed record DatasetStatistics(int Rows, int ContextLength)
{
    /// <summary>Tokens of all splits, where the data has an end.</summary>
    public long? Tokens { get; init; }

    /// <summary>Documents of all splits, where the data has such.</summary>
    public long? Documents { get; init; }

    /// <summary>Sequences that the validation split holds without overlap; absent where there are as many as asked for.</summary>
    public long? ValidationSequences { get; init; }

    /// <summary>Sequences that the test split holds without overlap; absent where there are as many as asked for.</summary>
    public long? TestSequences { get; init; }

    /// <summary>Different tokens in the rows, padding left out.</summary>
    public int DistinctTokens { get; init; }

    /// <summary>The tokens that occur most often in the rows, padding left out; those that occur equally often by their ids.</summary>
    public IReadOnlyList<TokenShare> MostFrequent { get; init; } = [];

    /// <summary>Each class that occurs in the rows.</summary>
    public IReadOnlyList<ClassShare> Classes { get; init; } = [];

    /// <summary>Share of the positions whose prediction counts.</summary>
    public double ScoredShare { get; init; }

    /// <summary>Positions of a row whose prediction counts, on average.</summary>
    public double ScoredPerRow { get; init; }

    /// <summary>Entropy of the frequencies of the scored tokens in the rows, in nats.</summary>
    public double Entropy { get; init; }
}

/// <summary>Counts the positions of batches.</summary>
internal sealed class TokenCounter
{
    private readonly Dictionary<int, long> _tokens = [];
    private readonly Dictionary<int, long> _scored = [];
    private readonly long[] _classes = new long[Enum.GetValues<TokenClass>().Length];

    /// <summary>Adds all positions of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="endsWithInputs">Whether the last target of each row stands for nothing, and is no position.</param>
    public void Add(TokenBatch batch, bool endsWithInputs)
    {
        for (var i = 0; i < batch.Targets.Length; i++)
        {
            if (endsWithInputs && (i + 1) % batch.ContextLength == 0)
            {
                continue;
            }

            var kind = batch.Classes?[i] ?? TokenClass.Plain;
            _classes[(int)kind]++;
            if (kind != TokenClass.Padding)
            {
                _tokens[batch.Targets[i]] = _tokens.GetValueOrDefault(batch.Targets[i]) + 1;
            }

            if (batch.Counted?[i] ?? true)
            {
                _scored[batch.Targets[i]] = _scored.GetValueOrDefault(batch.Targets[i]) + 1;
            }
        }
    }

    /// <summary>What was counted.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="contextLength">Tokens in a row, T.</param>
    /// <param name="most">How many of the most frequent tokens are named.</param>
    /// <param name="textsOf">What tokens stand for.</param>
    public DatasetStatistics Sum(int rows, int contextLength, int most, Func<int[], IReadOnlyList<string>> textsOf)
    {
        var (tokens, scored, positions) = (_tokens.Values.Sum(), _scored.Values.Sum(), (double)_classes.Sum());
        var frequent = _tokens.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(most).ToArray();
        var texts = textsOf([.. frequent.Select(pair => pair.Key)]);
        return new DatasetStatistics(rows, contextLength)
        {
            DistinctTokens = _tokens.Count,
            MostFrequent = [.. frequent.Select((pair, i) => new TokenShare(pair.Key, texts[i], pair.Value / (double)tokens))],
            Classes = [.. Enum.GetValues<TokenClass>().Where(kind => _classes[(int)kind] > 0).Select(kind => new ClassShare(kind, _classes[(int)kind] / positions))],
            ScoredShare = scored / positions,
            ScoredPerRow = scored / (double)rows,
            Entropy = _scored.Values.Sum(count => -count / (double)scored * Math.Log(count / (double)scored)),
        };
    }
}
