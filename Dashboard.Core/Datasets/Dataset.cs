using System.Globalization;
using Crossbench.Datasets.Imports;

namespace Crossbench.Datasets;

/// <summary>A source of token sequences: what it is, what can be set, and how to open it. One file each, listed in <see cref="DatasetCatalog"/>.</summary>
public abstract class Dataset
{
    /// <summary>Stable snake_case name, stored with every run.</summary>
    public abstract string Id { get; }

    /// <summary>Name for people.</summary>
    public abstract string Title { get; }

    /// <summary>One line on what it is for.</summary>
    public abstract string Summary { get; }

    /// <summary>
    /// Whether every sequence is the same, so that nothing can be held back from training: an evaluation tells what was memorised. Other generated data keep
    /// held-out rows apart wherever options leave more sequences than training draws; where they do not, a note of the stream says so.
    /// </summary>
    public virtual bool IsFixed => false;

    /// <summary>Whether each target is the input that follows; not where inputs are a damaged copy of what is to be predicted.</summary>
    public virtual bool PredictsNextInput => true;

    /// <summary>How TransBench calls it; null where TransBench has no such thing.</summary>
    public virtual TransBenchForm? TransBench => null;

    /// <summary>Its options at their defaults.</summary>
    public abstract DatasetOptions Defaults { get; }

    /// <summary>
    /// The vocabulary a model gets when its shape names none: the tokenizer's, or the dataset's default.
    /// Never throws and reads no file, so that a form can ask on every key.
    /// </summary>
    public abstract int NaturalVocabulary(DatasetOptions options);

    /// <summary>
    /// What is wrong with these options: cross-field rules, and a look at the files they name (missing, unreadable, empty, binary, too short), quick enough
    /// for a form. A vocabulary smaller than the tokenizer's is a problem at <c>shape.vocabulary</c>; problems of own options are at <c>dataset.NAME</c>.
    /// </summary>
    /// <param name="options">Options of this dataset.</param>
    /// <param name="contextLength">Tokens in a sequence, T.</param>
    /// <param name="vocabulary">Vocabulary of the model, V.</param>
    public abstract IEnumerable<SpecProblem> Validate(DatasetOptions options, int contextLength, int vocabulary);

    /// <summary>Options as they are stored with a run: paths made absolute, so that they mean the same to a worker started elsewhere.</summary>
    public abstract DatasetOptions Anchor(DatasetOptions options);

    /// <summary>What can be said about the data by arithmetic, without opening it: chance and floor of generated data; nulls where the data must be read.</summary>
    public abstract DatasetFacts Describe(DatasetOptions options, int contextLength, int vocabulary);

    /// <summary>What ids stand for: data are evaluated on where they stand for the same as in those that were trained on. Reads none of the data.</summary>
    /// <param name="options">Options of this dataset.</param>
    public abstract TokenMeaning MeaningOf(DatasetOptions options);

    /// <summary>What <see cref="Prepare(DataFolder, DatasetOptions, PreparationProgress)"/> would bring over the network, to follow "downloads"; null when nothing.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="options">Usable options of this dataset.</param>
    public virtual string? Download(DataFolder folder, DatasetOptions options) => null;

    /// <summary>Options at which some of its rows are there in a moment, without any file or download; null where there are none.</summary>
    public virtual DatasetOptions? Glimpse => null;

    /// <summary>Names of options that change nothing beside the values of the others; a form need not show them.</summary>
    /// <param name="options">Options of this dataset.</param>
    public virtual IReadOnlyCollection<string> IdleOptions(DatasetOptions options) => [];

    /// <summary>How it would read a file of the user's; null where it reads none, or not such a one.</summary>
    public virtual ImportFit? Recognise(ImportSample file) => null;

    /// <summary>What each token stands for, one by one: a piece of text, or its id where the dataset has no text. Reads none of the data.</summary>
    /// <param name="folder">Where prepared files are kept, learnt tokenizers among them.</param>
    /// <param name="options">Options of this dataset.</param>
    /// <param name="tokens">Token ids.</param>
    /// <exception cref="SpecException">A file of the tokenizer is missing or damaged.</exception>
    public abstract IReadOnlyList<string> TextsOf(DataFolder folder, DatasetOptions options, IReadOnlyList<int> tokens);

    /// <summary>
    /// Does what takes long before the data can be opened (download, learn a tokenizer, tokenize), once; then opening is quick. Opening does it too when it was not
    /// done, without telling how far it is; but this alone goes to the network.
    /// </summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="options">Options of this dataset.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <exception cref="SpecException">The data cannot be used after all.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="progress"/> threw it.</exception>
    public abstract void Prepare(DataFolder folder, DatasetOptions options, PreparationProgress progress);

    /// <summary>Opens the data for training and evaluation.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="options">Options of this dataset.</param>
    /// <param name="contextLength">Tokens in a sequence, T.</param>
    /// <param name="vocabulary">Vocabulary of the model, V; at least the natural one.</param>
    /// <exception cref="SpecException">The data cannot be used after all.</exception>
    public abstract TokenStream Open(DataFolder folder, DatasetOptions options, int contextLength, int vocabulary);
}

/// <summary>Losses that frame a result, in nats per counted token.</summary>
/// <param name="Chance">Loss of a predictor that knows only token frequencies: their entropy among what is scored, which is ln V where all are alike.</param>
/// <param name="Floor">Smallest reachable loss, where the generator knows it.</param>
public sealed record DatasetFacts(double? Chance, double? Floor)
{
    /// <summary>What a reader of results must know about the data, as a sentence; null when nothing stands out.</summary>
    public string? Note { get; init; }

    /// <summary>Real share of noise, 0 to 1, in the unit in which the dataset adds it (tokens of a row, predicted tokens): the axis of a dose-response curve. Null where there is no noise, or it must be measured.</summary>
    public double? NoiseShare { get; init; }

    /// <summary>What noise alone costs every predictor, in nats per counted token: a bound below the loss, not a floor, where nobody knows what the rest costs.</summary>
    public double? Irreducible { get; init; }
}

/// <summary>A dataset with options of its own type.</summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class Dataset<TOptions> : Dataset
    where TOptions : DatasetOptions, new()
{
    /// <inheritdoc/>
    public sealed override DatasetOptions Defaults { get; } = new TOptions();

    /// <inheritdoc/>
    public sealed override int NaturalVocabulary(DatasetOptions options) => NaturalVocabulary((TOptions)options);

    /// <inheritdoc/>
    public sealed override IEnumerable<SpecProblem> Validate(DatasetOptions options, int contextLength, int vocabulary) =>
        Validate((TOptions)options, contextLength, vocabulary);

    /// <inheritdoc/>
    public sealed override DatasetOptions Anchor(DatasetOptions options) => Anchor((TOptions)options);

    /// <inheritdoc/>
    public sealed override DatasetFacts Describe(DatasetOptions options, int contextLength, int vocabulary) => Describe((TOptions)options, contextLength, vocabulary);

    /// <inheritdoc/>
    public sealed override void Prepare(DataFolder folder, DatasetOptions options, PreparationProgress progress) => Prepare(folder, (TOptions)options, progress);

    /// <inheritdoc/>
    public sealed override TokenStream Open(DataFolder folder, DatasetOptions options, int contextLength, int vocabulary) =>
        Open(folder, (TOptions)options, contextLength, vocabulary);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> TextsOf(DataFolder folder, DatasetOptions options, IReadOnlyList<int> tokens) => TextsOf(folder, (TOptions)options, tokens);

    /// <inheritdoc cref="Dataset.NaturalVocabulary(DatasetOptions)"/>
    protected abstract int NaturalVocabulary(TOptions options);

    /// <inheritdoc cref="Dataset.Validate(DatasetOptions, int, int)"/>
    protected abstract IEnumerable<SpecProblem> Validate(TOptions options, int contextLength, int vocabulary);

    /// <inheritdoc cref="Dataset.Anchor(DatasetOptions)"/>
    protected virtual TOptions Anchor(TOptions options) => options;

    /// <inheritdoc cref="Dataset.Describe(DatasetOptions, int, int)"/>
    protected virtual DatasetFacts Describe(TOptions options, int contextLength, int vocabulary) => new(null, null);

    /// <inheritdoc cref="Dataset.TextsOf(DataFolder, DatasetOptions, IReadOnlyList{int})"/>
    protected virtual IReadOnlyList<string> TextsOf(DataFolder folder, TOptions options, IReadOnlyList<int> tokens) => [.. tokens.Select(token => token.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc cref="Dataset.Prepare(DataFolder, DatasetOptions, PreparationProgress)"/>
    protected virtual void Prepare(DataFolder folder, TOptions options, PreparationProgress progress)
    {
    }

    /// <inheritdoc cref="Dataset.Open(DataFolder, DatasetOptions, int, int)"/>
    protected abstract TokenStream Open(DataFolder folder, TOptions options, int contextLength, int vocabulary);
}
