namespace Crossbench.Runs;

/// <summary>What a run takes in the store.</summary>
/// <param name="Points">Points of its scalar metrics.</param>
/// <param name="Rows">Rows of all its tables.</param>
/// <param name="Bytes">Bytes of its rows, without indexes and the slack of pages.</param>
public sealed record RunSize(long Points, long Rows, long Bytes);
