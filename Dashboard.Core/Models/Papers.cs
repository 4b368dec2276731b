namespace Crossbench.Models;

/// <summary>What more than one architecture refers to.</summary>
internal static class Papers
{
    public static Reading Attention { get; } = Reading.AtArxiv("1706.03762", "Attention Is All You Need", "Vaswani et al.", 2017, "Scaled dot-product attention with several heads.");

    public static Reading Gqa { get; } = Reading.AtArxiv(
        "2305.13245", "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints", "Ainslie et al.", 2023, "Query heads that share keys and values.");

    public static Reading Llama { get; } = Reading.AtArxiv("2302.13971", "LLaMA: Open and Efficient Foundation Language Models", "Touvron et al.", 2023, "The layers around: RMSNorm, SwiGLU, rotary positions.");

    public static Reading Rope { get; } = Reading.AtArxiv("2104.09864", "RoFormer: Enhanced Transformer with Rotary Position Embedding", "Su et al.", 2021, "Rotary positions.");

    public static Reading SwiGlu { get; } = Reading.AtArxiv("2002.05202", "GLU Variants Improve Transformer", "Shazeer", 2020, "The feed-forward network.");

    public static Reading TransBench { get; } = new(
        "TransBench, model card (doc/TRANSFORMER_VARIENTS.md) and code", "seismael", null, "Where this variant comes from; what it does differently is an option here.", "https://github.com/seismael/TransBench");

    public static Reading FlashLinearAttention { get; } = new(
        "Flash Linear Attention (fla)", "fla-org", null, "The public implementation whose reading of the paper this one follows.", "https://github.com/fla-org/flash-linear-attention");
}
