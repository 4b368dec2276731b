using System.Text.Json.Nodes;

namespace Crossbench.Tests.Reports;

/// <summary>Reports as TransBench would write them, made up from the description of its form; no number in them was ever measured.</summary>
internal static class ForeignReports
{
    /// <summary>A report of three warm-up and five timed steps.</summary>
    public static JsonObject Of(string architecture, long parameters, string dataset = "sparse_signal", string id = "0f3a9b2c1d") => new()
    {
        ["schema_version"] = 2,
        ["run"] = new JsonObject
        {
            ["id"] = id, ["timestamp_utc"] = "2025-03-04T05:06:07.891011+00:00", ["name"] = $"cuda-{architecture}", ["tags"] = new JsonArray("cuda", dataset), ["notes"] = "",
            ["command"] = "transbench benchmark", ["argv"] = new JsonArray("suite"), ["cwd"] = "/somewhere", ["hostname"] = "there", ["git_commit"] = null,
        },
        ["system"] = new JsonObject { ["os"] = "Linux", ["python"] = "3.11", ["torch"] = "2.6.0", ["cuda_available"] = true, ["cuda_version"] = "12.4", ["gpu_name"] = "Some GPU", ["device"] = "cuda" },
        ["packages"] = new JsonObject { ["torch"] = "2.6.0" },
        ["model"] = new JsonObject { ["total_parameters"] = parameters, ["embedding_parameters"] = 1, ["mixin_parameters"] = 1, ["ffn_parameters"] = 1, ["lm_head_parameters"] = 1 },
        ["config"] = new JsonObject
        {
            ["arch"] = architecture, ["num_layers"] = 6, ["hidden_size"] = 256, ["ffn_mult"] = 2.0, ["num_heads"] = 8, ["num_kv_heads"] = 4, ["vocab_size"] = 4096, ["initializer_range"] = 0.02, ["seq_len"] = 256,
            ["batch_size"] = 4, ["warmup"] = 3, ["steps"] = 5, ["learning_rate"] = 0.0003, ["min_lr"] = 1e-5, ["dataset"] = dataset, ["seed"] = 1234567, ["cache_dir"] = "/somewhere/cache", ["offline"] = false,
            ["device"] = "cuda", ["dtype"] = "float32", ["tokenizer_model"] = "gpt2", ["mig_gate_dim"] = 64, ["mig_lambda"] = 0.001, ["mig_keep_ratio"] = 0.7, ["sil_num_latent_rules"] = 32, ["sil_temperature"] = 1.0,
            ["sil_hard_train"] = false, ["sil_hard_eval"] = true, ["asr_noise_std"] = 0.3, ["asr_lambda"] = 0.1, ["sil_lambda"] = 0.005, ["aux_warmup_steps"] = 200, ["sil_temperature_final"] = 0.1,
            ["signal_ratio"] = 0.3, ["motif_len"] = 8, ["poison_ratio"] = 0.85,
        },
        ["metrics"] = new JsonObject
        {
            ["forward_ms_mean"] = 3.25, ["forward_ms_p50"] = 3.0, ["forward_ms_p95"] = 4.5, ["train_step_ms_mean"] = 12.5, ["train_step_ms_p50"] = 12.0, ["train_step_ms_p95"] = 15.5, ["tokens_per_s"] = 81920.0,
            ["loss_mean"] = 8.325, ["loss_series"] = new JsonArray(8.5, 8.4, 8.35, 8.34, 8.33, 8.32, null, 8.31), ["lr_series"] = new JsonArray(1e-4, 2e-4, 3e-4, 3e-4, 2e-4, 1e-4, 5e-5, 1e-5),
            ["mig_aux_loss_mean"] = null, ["asr_aux_loss_mean"] = null, ["sil_aux_loss_mean"] = null, ["total_loss_mean"] = null, ["total_loss_series"] = null, ["mig_gate_series"] = null, ["sil_gate_series"] = null,
            ["peak_mem_mb"] = 396.5, ["eval_loss"] = 8.318, ["mig_gate_signal_mean"] = null, ["mig_gate_noise_mean"] = null, ["mig_gate_selectivity"] = null,
        },
        ["derived"] = new JsonObject { ["params_m"] = parameters / 1e6, ["tokens_per_s_per_mparam"] = 1.0 },
    };
}
