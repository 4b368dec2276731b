using Crossbench.Metrics;
using Crossbench.Models.Parts;
using Crossbench.Options;

namespace Crossbench.Models;

/// <summary>What mixes the tokens of an architecture.</summary>
public enum ArchitectureFamily
{
    /// <summary>Softmax attention, with or without something in front of it.</summary>
    Attention,

    /// <summary>A state of fixed size that each token updates.</summary>
    Recurrence,

    /// <summary>Attention and something else beside it.</summary>
    Hybrid,

    /// <summary>A convolution of few tokens.</summary>
    Convolution,
}

/// <summary>A transformer variant: what it is, what can be set, what it costs, and how to build it. One file each, listed in <see cref="ModelZoo"/>.</summary>
public abstract class Architecture
{
    /// <summary>Stable kebab-case name, stored with every run.</summary>
    public abstract string Id { get; }

    /// <summary>Name for people.</summary>
    public abstract string Title { get; }

    /// <summary>One line on its purpose.</summary>
    public abstract string Summary { get; }

    /// <summary>What mixes its tokens.</summary>
    public abstract ArchitectureFamily Family { get; }

    /// <summary>Its mathematics: the lines that make it what it is, as the code computes them.</summary>
    public abstract IReadOnlyList<Equation> Equations { get; }

    /// <summary>What to read about it, the most important first.</summary>
    public abstract IReadOnlyList<Reading> Readings { get; }

    /// <summary>Its options at their defaults.</summary>
    public abstract ArchitectureOptions Defaults { get; }

    /// <summary>The shape it opens on.</summary>
    public virtual ModelShape DefaultShape { get; } = new();

    /// <summary>Whether groups of heads share keys and values; where not, the shape's number of kv heads means nothing and is not checked.</summary>
    public virtual bool HasKvHeads => true;

    /// <summary>Published or otherwise notable settings.</summary>
    public virtual IReadOnlyList<Preset> Presets => [];

    /// <summary>How TransBench calls it; null where TransBench has no such thing.</summary>
    public virtual TransBenchForm? TransBench => null;

    /// <summary>What it reports while it trains, beside what every run reports.</summary>
    public virtual IReadOnlyList<MetricSpec> Diagnostics(ArchitectureOptions options) => BlockDiagnostics.All;

    /// <summary>Components that can be replaced while evaluating.</summary>
    public virtual IReadOnlyList<AblationPoint> AblationPoints(ArchitectureOptions options) => BlockDiagnostics.Points;

    /// <summary>Whether outputs depend on earlier tokens only, with these options. A probe checks it before each run.</summary>
    public virtual bool IsCausal(ArchitectureOptions options) => true;

    /// <summary>Choices that make the architecture see the future, each alone over the defaults: <c>topkMode=global</c>.</summary>
    public IReadOnlyList<string> SeesTheFutureWith =>
    [
        .. from option in OptionSchema.For(Defaults.GetType()).Fields
           from choice in option.Choices
           where option.TryParse(option.Name, choice, out var value) is null && !IsCausal(OptionSchema.For(Defaults.GetType()).With(Defaults, option, value))
           select $"{option.Name}={choice}",
    ];

    /// <summary>Whether sequences can be continued token by token with a state. A model that sees the future has to compute the whole prefix anew.</summary>
    public virtual bool IsIncremental(ArchitectureOptions options) => IsCausal(options);

    /// <summary>
    /// The published model that computes the same as this one from the same weights, by its <c>model_type</c> and class at Hugging Face; null when there is
    /// none, or not with these options.
    /// </summary>
    public virtual (string ModelType, string Class)? PublishedAs(ModelShape shape, ArchitectureOptions options) => null;

    /// <summary>What is wrong with these options on this shape, beyond the ranges of single options.</summary>
    public abstract IEnumerable<SpecProblem> Validate(ModelShape shape, ArchitectureOptions options);

    /// <summary>Parameters, operations and state, without building a tensor. Shape and options must be valid.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="vocabulary">Number of token ids, V.</param>
    /// <param name="options">Options of this architecture.</param>
    public ModelCost Cost(ModelShape shape, int vocabulary, ArchitectureOptions options)
    {
        var layers = Enumerable.Range(0, shape.Layers).ToArray();
        var blocks = layers.SelectMany(layer => BlockParameters(layer, shape, options));
        var flops = layers.Sum(layer => BlockFlops(layer, shape, options)) + PreludeFlops(shape, options) + (2.0 * shape.Width * vocabulary);
        var state = layers.Sum(layer => BlockStateBytes(layer, shape, options)) + PreludeStateBytes(shape, options);
        return new ModelCost([.. BackboneOf(shape, options).Parameters(shape, vocabulary, PreludeParameters(shape, options), blocks)], flops, state)
        {
            TrainingOnlyFlops = layers.Sum(layer => BlockTrainingOnlyFlops(layer, shape, options)),
        };
    }

    /// <summary>Builds the model with its initial weights, in fp32 on the CPU.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="vocabulary">Number of token ids, V.</param>
    /// <param name="options">Options of this architecture.</param>
    /// <param name="random">Streams of the run; weights come from the stream <c>init</c>, keyed by parameter name.</param>
    public LanguageModel CreateModel(ModelShape shape, int vocabulary, ArchitectureOptions options, RandomStreams random)
    {
        var backbone = BackboneOf(shape, options);
        var rope = CreateRope(shape, options);
        var blocks = Enumerable.Range(0, shape.Layers).Select(layer => CreateBlock(new LayerContext(layer, shape, backbone, rope), options));
        var declared = Cost(shape, vocabulary, options).Parameters;
        return new LanguageModel(shape, vocabulary, backbone, CreatePrelude(shape, options), [.. blocks], rope, declared, name => IsTrained(name, options), random);
    }

    /// <summary>What surrounds the blocks.</summary>
    protected internal virtual Backbone BackboneOf(ModelShape shape, ArchitectureOptions options) => Backbone.For(shape);

    /// <summary>Whether a parameter is trained; one that is not takes no gradient, no decay and no part in the gradient norm.</summary>
    protected internal virtual bool IsTrained(string name, ArchitectureOptions options) => true;

    /// <summary>Rotary positions that all layers share, or null without positions.</summary>
    protected internal virtual Rope? CreateRope(ModelShape shape, ArchitectureOptions options) =>
        shape.Positions == PositionEncoding.Rope ? new Rope(shape.HeadWidth, shape.RopeBase) : null;

    /// <summary>Builds what comes before the first layer, if anything.</summary>
    protected internal virtual Prelude? CreatePrelude(ModelShape shape, ArchitectureOptions options) => null;

    /// <summary>Parameters of the prelude, with their full names.</summary>
    protected internal virtual IEnumerable<ParameterShape> PreludeParameters(ModelShape shape, ArchitectureOptions options) => [];

    /// <summary>Forward operations of the prelude per token.</summary>
    protected internal virtual double PreludeFlops(ModelShape shape, ArchitectureOptions options) => 0;

    /// <summary>Bytes of decoding state (fp32) of the prelude per sequence at full context.</summary>
    protected internal virtual long PreludeStateBytes(ModelShape shape, ArchitectureOptions options) => 0;

    /// <summary>Builds one layer.</summary>
    protected internal abstract Block CreateBlock(LayerContext layer, ArchitectureOptions options);

    /// <summary>Parameters (and buffers) of one layer, with their full names, in the order in which the block registers them.</summary>
    protected internal abstract IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, ArchitectureOptions options);

    /// <summary>Forward operations of one layer per token, at the average causal context (T + 1)/2.</summary>
    protected internal abstract double BlockFlops(int layer, ModelShape shape, ArchitectureOptions options);

    /// <summary>Forward operations of one layer per token that only training has.</summary>
    protected internal virtual double BlockTrainingOnlyFlops(int layer, ModelShape shape, ArchitectureOptions options) => 0;

    /// <summary>Bytes of decoding state (fp32) of one layer per sequence at full context.</summary>
    protected internal abstract long BlockStateBytes(int layer, ModelShape shape, ArchitectureOptions options);
}
