using Crossbench.Datasets;

namespace Crossbench.Training;

/// <summary>The opened data of a run: what it is trained on, and what else it is evaluated on.</summary>
internal sealed class TrainingData : IDisposable
{
    private TrainingData(TokenStream own, IReadOnlyList<EvaluationSet> sets) => (Own, Sets) = (own, sets);

    /// <summary>The run's own dataset.</summary>
    public TokenStream Own { get; }

    /// <summary>Every set that is scored, the run's own held-out sequences first.</summary>
    public IReadOnlyList<EvaluationSet> Sets { get; }

    /// <summary>Data of a stream alone.</summary>
    public static TrainingData Of(TokenStream own, int sequences) => new(own, [OwnSet(own, sequences)]);

    /// <summary>Opens all data of a specification.</summary>
    /// <param name="folder">Where prepared data are kept.</param>
    /// <param name="spec">A valid specification.</param>
    /// <param name="vocabulary">Vocabulary of the model, V.</param>
    /// <exception cref="SpecException">Data cannot be used after all, or has other tokens than the run's own.</exception>
    public static TrainingData Open(DataFolder folder, RunSpec spec, int vocabulary)
    {
        var opened = new List<TokenStream>();
        try
        {
            opened.Add(Open(spec.Dataset, spec.Shape.ContextLength));
            var sets = new List<EvaluationSet> { OwnSet(opened[0], spec.Training.EvaluationSequences) };
            foreach (var item in spec.Evaluations)
            {
                opened.Add(Open(item.Dataset, item.ContextLength ?? spec.Shape.ContextLength));
                if (opened[^1].TokenizerKey != opened[0].TokenizerKey)
                {
                    throw new SpecException(EvaluationList.OtherTokens(item.Name));
                }

                sets.Add(new EvaluationSet(item.Name, opened[^1], item.Split, item.Sequences ?? spec.Training.EvaluationSequences));
            }

            return new TrainingData(opened[0], sets);
        }
        catch
        {
            opened.ForEach(stream => stream.Dispose());
            throw;
        }

        TokenStream Open(DatasetSpec dataset, int contextLength) => DatasetCatalog.Find(dataset.Id)!.Open(folder, dataset.Options, contextLength, vocabulary);
    }

    private static EvaluationSet OwnSet(TokenStream own, int sequences) => new(Evaluated.OwnSet, own, HeldOut.Validation, sequences);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var stream in Sets.Select(set => set.Stream).Distinct())
        {
            stream.Dispose();
        }
    }
}

/// <summary>A fixed set of sequences that is scored whenever a run is evaluated.</summary>
/// <param name="Name">Its name in the store.</param>
/// <param name="Stream">Where its sequences come from.</param>
/// <param name="Split">The held-out part.</param>
/// <param name="Sequences">How many.</param>
internal sealed record EvaluationSet(string Name, TokenStream Stream, HeldOut Split, int Sequences)
{
    /// <summary>What a user should know before its loss is read; null when nothing.</summary>
    public string? Warning => Sequences <= Stream.EvaluationCapacity(Split) ? null
        : $"The {Split.ToString().ToLowerInvariant()} split has room for {Stream.EvaluationCapacity(Split)} sequences; the {Sequences} asked for overlap.";
}
