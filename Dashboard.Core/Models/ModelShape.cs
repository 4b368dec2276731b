using System.ComponentModel.DataAnnotations;

namespace Crossbench.Models;

/// <summary>How positions enter attention.</summary>
public enum PositionEncoding
{
    /// <summary>Rotary embedding of queries and keys, half-split pairs (Su et al., 2021; the convention of Llama's published weights).</summary>
    Rope,

    /// <summary>No positions: order is known only through the causal mask.</summary>
    None,
}

/// <summary>The sizes that every architecture shares. The defaults are the workbench size, on which each architecture opens.</summary>
public sealed record ModelShape
{
    /// <summary>Number of layers, L.</summary>
    [Range(1, 512)]
    [Display(Name = "Layers", Description = "Number of blocks, each a mixer and a feed-forward network.")]
    public int Layers { get; init; } = 8;

    /// <summary>Width of the residual stream, d.</summary>
    [Range(8, 65536)]
    [Display(Name = "Width", Description = "Width of the residual stream. A multiple of heads.")]
    public int Width { get; init; } = 128;

    /// <summary>Number of query heads, H; divides the width.</summary>
    [Range(1, 1024)]
    [Display(Name = "Heads", Description = "Query heads; divides the width.")]
    public int Heads { get; init; } = 4;

    /// <summary>Number of key and value heads, KV; divides the heads.</summary>
    [Range(1, 1024)]
    [Display(Name = "KV heads", Description = "Key and value heads; divides heads.")]
    public int KvHeads { get; init; } = 2;

    /// <summary>Inner width of the feed-forward network, f.</summary>
    [Range(1, 1048576)]
    [Display(Name = "FFN width", Description = "Inner width of the feed-forward network.")]
    public int Ffn { get; init; } = 384;

    /// <summary>Tokens in one sequence, T.</summary>
    [Range(1, 1048576)]
    [Display(Name = "Context", Description = "Tokens in one training sequence.", Prompt = "tokens")]
    public int ContextLength { get; init; } = 128;

    /// <summary>Number of token ids, V; the dataset's own when absent.</summary>
    [Range(2, 4194304)]
    [Display(Name = "Vocabulary", Description = "Number of token ids. Left empty: the dataset's own.")]
    public int? Vocabulary { get; init; }

    /// <summary>How positions enter attention.</summary>
    [Display(Name = "Positions", Description = "Rotary embedding, or none (as TransBench trains).")]
    public PositionEncoding Positions { get; init; } = PositionEncoding.Rope;

    /// <summary>Base θ of the rotary frequencies ω_i = θ^(−2i/dh).</summary>
    [Range(1.0, 1e9, MinimumIsExclusive = true)]
    [Display(Name = "RoPE base", Description = "Base of the rotary frequencies.")]
    public double RopeBase { get; init; } = 10000;

    /// <summary>Whether attention projections and the output head have biases (as in TransBench).</summary>
    [Display(Name = "Biases", Description = "Biases on attention projections and output head.")]
    public bool Bias { get; init; } = true;

    /// <summary>Whether the output head shares the token embedding's weight.</summary>
    [Display(Name = "Tied head", Description = "The output head shares the weight of the token embedding.")]
    public bool TiedHead { get; init; }

    /// <summary>Standard deviation of the initial weights that an architecture does not draw in a way of its own.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    [Display(Name = "Initial deviation", Description = "Standard deviation of initial weights, where an architecture has no start of its own for them.")]
    public double InitialDeviation { get; init; } = 0.02;

    /// <summary>Width of one head, dh = d / H.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>Width of all keys (or values) together, dkv = KV · dh.</summary>
    public int KvWidth => KvHeads * HeadWidth;

    /// <summary>The sizes with their letters.</summary>
    internal ShapeExtents Extents => new(this);
}
