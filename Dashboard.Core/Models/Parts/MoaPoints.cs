namespace Crossbench.Models.Parts;

/// <summary>Names of the ablation points of a mixture of architectures.</summary>
internal static class MoaPoints
{
    /// <summary>Weights of the branches.</summary>
    public const string Router = "router";

    /// <summary>Gates on the branches.</summary>
    public const string Gate = "featureGate";

    /// <summary>Weights of the networks of the feed-forward part.</summary>
    public const string FfnRouter = "ffnRouter";

    /// <summary>Outputs of the branches, in the order of the router's weights.</summary>
    public static IReadOnlyList<string> Branches { get; } = ["branchConv", "branchMh", "branchChannel", "branchMqa"];

    /// <summary>Outputs of the networks of the feed-forward part, in the order of their router's weights.</summary>
    public static IReadOnlyList<string> FfnBranches { get; } = ["ffnSwiGlu", "ffnConv", "ffnLowRank"];

    /// <summary>Sharpness α of an attention.</summary>
    public static string Sharpness(string prefix) => prefix + "Alpha";

    /// <summary>Factors on the values of an attention.</summary>
    public static string Energy(string prefix) => prefix + "Energy";

    /// <summary>What the waves add to the rotary angles of an attention.</summary>
    public static string Phase(string prefix) => prefix + "Phase";

    /// <summary>Values mixed by the heads of an attention.</summary>
    public static string Heads(string prefix) => prefix + "Heads";
}
