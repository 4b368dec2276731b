namespace Crossbench.Models;

/// <summary>Lines that more than one architecture has.</summary>
internal static class SharedEquations
{
    private const string Position = "rotation by position i, rotary embedding in half-split pairs; nothing with positions none";

    /// <summary>Grouped-query attention, step by step.</summary>
    public static IReadOnlyList<Equation> Attention { get; } =
    [
        new(
            "Queries, keys and values",
            @"q_i^h = \rho_i\big(W_q^h x_i + b_q^h\big), \qquad k_j^g = \rho_j\big(W_k^g x_j + b_k^g\big), \qquad v_j^g = W_v^g x_j + b_v^g",
            ("x_i", "normed token i, [d]"), (@"q_i^h", "query of head h, [d_h]"), (@"k_j^g,\; v_j^g", "key and value of kv head g of KV, [d_h] each"), (@"\rho_i", Position),
            ("b", "biases, where the shape has them")),
        new(
            "Attention weights",
            @"P_{ij}^h = \operatorname*{softmax}_{j \le i} \frac{q_i^h \cdot k_j^{g(h)}}{\sqrt{d_h}}, \qquad g(h) = \Big\lfloor \frac{h \cdot KV}{H} \Big\rfloor",
            (@"P^h", "weights of head h, [T, T], 0 for later tokens"), ("g(h)", "kv head that query head h reads")),
        new(
            "Output",
            @"y_i = W_o \big[\, \textstyle\sum_{j \le i} P_{ij}^h \, v_j^{g(h)} \,\big]_{h = 1 \ldots H} + b_o",
            ("y_i", "output, [d]; the H heads stand side by side")),
    ];

    /// <summary>Grouped-query attention in one line, for what is built on it.</summary>
    public static Equation AttentionAtOnce { get; } = new(
        "Grouped-query attention",
        @"\operatorname{GQA}(x)_i = W_o \Big[\, \textstyle\sum_{j \le i} P_{ij}^h v_j^{g(h)} \,\Big]_{h} + b_o, \qquad P_{ij}^h = \operatorname*{softmax}_{j \le i} \frac{\rho_i(q_i^h) \cdot \rho_j(k_j^{g(h)})}{\sqrt{d_h}}",
        (@"q_i^h,\; k_j^g,\; v_j^g", "linear in x, with biases where the shape has them, [d_h] each"), ("g(h)", "kv head that query head h reads, ⌊h·KV/H⌋"), (@"\rho_i", Position));

    /// <summary>A layer of mixer and SwiGLU.</summary>
    /// <param name="mixer">The mixer in TeX: <c>\operatorname{GQA}</c>.</param>
    public static Equation Layer(string mixer) => new(
        "Layer",
        $@"x \leftarrow x + {mixer}\big(\operatorname{{RMSNorm}}(x)\big), \qquad x \leftarrow x + W_d\big(\operatorname{{SiLU}}(W_g n) \odot W_u n\big), \quad n = \operatorname{{RMSNorm}}(x)",
        ("x", "residual stream, [T, d]"), (@"W_g,\; W_u", "[f, d]"), ("W_d", "[d, f]"));
}
