namespace Crossbench.Models;

/// <summary>All architectures, in the order that pages show them.</summary>
public static class ModelZoo
{
    /// <summary>The list; the first is what a new run opens on.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        new Architectures.Gqa(),
        new Architectures.Mhla(),
        new Architectures.Mig(),
        new Architectures.Sil(),
        new Architectures.Asr(),
        new Architectures.Mamba2(),
        new Architectures.Rwkv6(),
        new Architectures.RetNet(),
        new Architectures.Asterisk(),
        new Architectures.Nanohammer(),
        new Architectures.MoaMetric(),
        new Architectures.Smat(),
        new Architectures.Stack(),
        new Architectures.Mamba2Stub(),
        new Architectures.Rwkv6Stub(),
        new Architectures.RetNetStub(),
    ];

    /// <summary>The architecture of this id, or null.</summary>
    public static Architecture? Find(string id) => All.FirstOrDefault(architecture => architecture.Id == id);
}
