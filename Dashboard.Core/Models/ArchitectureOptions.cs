namespace Crossbench.Models;

/// <summary>The options of one architecture: an immutable record whose properties carry default, range and help.</summary>
public abstract record ArchitectureOptions;
