namespace Crossbench.Models;

/// <summary>The sizes of a shape with their letters, for the dimensions of parameters.</summary>
/// <param name="shape">The shape.</param>
internal readonly struct ShapeExtents(ModelShape shape)
{
    /// <summary>L.</summary>
    public Extent Layers => Extent.Of("L", "layers", shape.Layers);

    /// <summary>d.</summary>
    public Extent Width => Extent.Of("d", "width", shape.Width);

    /// <summary>H.</summary>
    public Extent Heads => Extent.Of("H", "heads", shape.Heads);

    /// <summary>KV.</summary>
    public Extent KvHeads => Extent.Of("KV", "key and value heads", shape.KvHeads);

    /// <summary>d_h.</summary>
    public Extent HeadWidth => Extent.Of("d_h", "width of a head, d/H", shape.HeadWidth);

    /// <summary>KV · d_h.</summary>
    public Extent KvWidth => KvHeads * HeadWidth;

    /// <summary>f.</summary>
    public Extent Ffn => Extent.Of("f", "FFN width", shape.Ffn);
}
