namespace Crossbench.Suites.TransBench;

/// <summary>One key of a TransBench configuration.</summary>
/// <param name="Name">The key, as suites and reports write it.</param>
/// <param name="Default">Value where a suite has none, as text; null where there is none.</param>
internal sealed record TransBenchKey(string Name, string? Default = null)
{
    /// <summary>Other names that suites accept; of several that are given TransBench takes the first, the key's own name before them.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The path of ours that it sets as it is; null where it needs thought or depends on architecture or dataset.</summary>
    public string? Path { get; init; }
}

/// <summary>Every key that TransBench 0.3.0 reads from a table of a suite, with aliases and defaults.</summary>
internal static class TransBenchKeys
{
    /// <summary>The keys, in the order of TransBench's own record; last what names a run.</summary>
    public static IReadOnlyList<TransBenchKey> All { get; } =
    [
        new("arch"),
        new("num_layers", "8") { Path = "shape.layers" },
        new("hidden_size", "512") { Path = "shape.width" },
        new("ffn_mult", "4"),
        new("num_heads", "8") { Path = "shape.heads" },
        new("num_kv_heads"),
        new("vocab_size", "32000") { Path = "shape.vocabulary" },
        new("initializer_range", "0.02") { Path = "shape.initialDeviation" },
        new("seq_len", "256") { Path = "shape.contextLength" },
        new("batch_size", "2") { Path = "training.batchSize" },
        new("warmup", "0"),
        new("steps", "50"),
        new("learning_rate", "0.0002") { Aliases = ["lr"], Path = "training.learningRate" },
        new("min_lr", "0.000001") { Path = "training.minLearningRate" },
        new("dataset", "tinystories"),
        new("seed"),
        new("cache_dir"),
        new("offline"),
        new("device"),
        new("dtype"),
        new("tokenizer_model", "gpt2") { Aliases = ["tokenizer"] },
        new("mig_gate_dim", "64") { Aliases = ["gate_dim"] },
        new("mig_lambda", "0.01") { Aliases = ["lambda_sparsity"] },
        new("mig_keep_ratio", "0.7") { Aliases = ["keep_ratio"] },
        new("mig_layer_keep_ratios", ""),
        new("poison_ratio", "0.85"),
        new("signal_ratio", "0.15"),
        new("motif_len", "8"),
        new("sil_num_latent_rules", "64") { Aliases = ["sil_num_rules", "num_latent_rules"] },
        new("sil_temperature", "0.5") { Aliases = ["temperature"] },
        new("sil_temperature_final", ""),
        new("sil_hard_train", "false") { Aliases = ["hard_train"] },
        new("sil_hard_eval", "true") { Aliases = ["hard_eval"] },
        new("sil_lambda", "0.01") { Aliases = ["lambda_sil"] },
        new("asr_noise_std", "0.3") { Aliases = ["noise_std"] },
        new("asr_lambda", "0.1") { Aliases = ["lambda_asr"] },
        new("aux_warmup_steps", "0"),
        new("run_name") { Path = "name" },
        new("tags") { Path = "tags" },
        new("notes") { Path = "notes" },
        new("raw"),
    ];

    /// <summary>All names and aliases.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.SelectMany(key => (string[])[key.Name, .. key.Aliases])];

    /// <summary>The key of this name.</summary>
    public static TransBenchKey Of(string name) => All.First(key => key.Name == name);
}
