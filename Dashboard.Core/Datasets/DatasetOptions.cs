namespace Crossbench.Datasets;

/// <summary>The options of one dataset: an immutable record whose properties carry default, range and help.</summary>
public abstract record DatasetOptions;
