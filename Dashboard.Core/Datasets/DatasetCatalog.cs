using Crossbench.Datasets.Sources;

namespace Crossbench.Datasets;

/// <summary>All datasets, in the order that pages show them.</summary>
public static class DatasetCatalog
{
    /// <summary>The list; the first is what a new run opens on.</summary>
    public static IReadOnlyList<Dataset> All { get; } =
    [
        new Stories(), new TinyStories(), new Text(), new Chat(), new Instructions(), new PoisonedNeedle(), new NoisyText(),
        new SparseSignal(), new RuleConflict(), new Mqar(), new CopyDelay(), new Induction(), new Needle(), new Zeros(), new Ramp(),
    ];

    /// <summary>The dataset of this id, or null.</summary>
    public static Dataset? Find(string id) => All.FirstOrDefault(dataset => dataset.Id == id);
}
