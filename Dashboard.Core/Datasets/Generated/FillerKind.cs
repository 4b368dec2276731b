namespace Crossbench.Datasets.Generated;

/// <summary>What stands between the tokens that matter.</summary>
public enum FillerKind
{
    /// <summary>Random tokens that look like those that matter.</summary>
    Noise,

    /// <summary>A blank, the same everywhere.</summary>
    Blank,
}
