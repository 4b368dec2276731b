using System.Text.Json;
using Crossbench.Datasets.Sources;
using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using Crossbench.Options;
using Crossbench.Training;

namespace Crossbench.Reports.TransBench;

/// <summary>A specification under the keys of TransBench's configuration. What has no counterpart here, or does not apply to the run, is null.</summary>
internal static class TransBenchConfiguration
{
    /// <summary>The architecture's name there, our own where there is none: TransBench trained its stubs under the names of the real ones.</summary>
    public static string Architecture(RunSpec spec) => ModelZoo.Find(spec.Architecture.Id)!.TransBench?.Names[0] ?? spec.Architecture.Id;

    /// <summary>Whether the architecture is one of TransBench's stubs.</summary>
    public static bool IsStub(RunSpec spec) => ModelZoo.Find(spec.Architecture.Id)!.TransBench is { IsStandIn: true };

    /// <summary>Number of key and value heads; null where the architecture has none.</summary>
    public static int? KvHeads(RunSpec spec) => ModelZoo.Find(spec.Architecture.Id)!.HasKvHeads ? spec.Shape.KvHeads : null;

    /// <summary>Format of the numbers.</summary>
    public static string Format(RunSpec spec) => spec.Training.Precision == MatrixPrecision.Bf16 ? "bfloat16" : "float32";

    /// <summary>Writes all keys, in TransBench's order.</summary>
    public static void Write(Utf8JsonWriter writer, RunSpec spec)
    {
        var (shape, training) = (spec.Shape, spec.Training);
        writer.WriteString("arch", Architecture(spec));
        writer.WriteNumber("num_layers", shape.Layers);
        writer.WriteNumber("hidden_size", shape.Width);
        writer.Number("ffn_mult", (double)shape.Ffn / shape.Width);
        writer.WriteNumber("num_heads", shape.Heads);
        writer.Number("num_kv_heads", KvHeads(spec));
        writer.WriteNumber("vocab_size", SpecValidator.VocabularyOf(spec));
        writer.Number("initializer_range", ModelZoo.Find(spec.Architecture.Id)!.BackboneOf(shape, spec.Architecture.Options).InitialDeviation);
        writer.WriteNumber("seq_len", shape.ContextLength);
        writer.WriteNumber("batch_size", training.BatchSize);
        writer.WriteNumber("warmup", training.WarmupSteps);
        writer.WriteNumber("steps", training.Steps - training.WarmupSteps);
        writer.Number("learning_rate", training.LearningRate);
        writer.Number("min_lr", training.MinLearningRate);
        writer.WriteString("dataset", spec.Dataset.Id);
        writer.WriteNumber("seed", spec.Seed);
        writer.WriteNull("cache_dir");
        writer.WriteNull("offline");
        writer.WriteString("device", training.Device);
        writer.WriteString("dtype", Format(spec));
        writer.Text("tokenizer_model", OptionSchema.For(spec.Dataset.Options.GetType()).Find("tokenizer")?.Format(spec.Dataset.Options));
        WriteArchitecture(writer, spec.Architecture.Options);
        writer.Number("signal_ratio", (spec.Dataset.Options as SparseSignalOptions)?.SignalRatio);
        writer.Number("motif_len", (spec.Dataset.Options as SparseSignalOptions)?.MotifLength);
        writer.Number("poison_ratio", (spec.Dataset.Options as PoisonedNeedleOptions)?.PoisonRatio);
    }

    private static void WriteArchitecture(Utf8JsonWriter writer, ArchitectureOptions options)
    {
        var (mig, sil, asr) = (options as MigOptions, options as SilOptions, options as AsrOptions);
        writer.Number("mig_gate_dim", mig?.GateDim);
        writer.Number("mig_lambda", mig?.Lambda);
        writer.Number("mig_keep_ratio", mig?.KeepRatio);
        writer.Number("sil_num_latent_rules", sil?.Rules);
        writer.Number("sil_temperature", sil?.Tau0);
        Flag(writer, "sil_hard_train", sil?.HardTrain);
        Flag(writer, "sil_hard_eval", sil?.HardEval);
        writer.Number("asr_noise_std", asr?.NoiseStd);
        writer.Number("asr_lambda", asr?.Lambda);
        writer.Number("sil_lambda", sil?.Lambda);
        writer.Number("aux_warmup_steps", mig?.AuxWarmup ?? sil?.AuxWarmup ?? asr?.AuxWarmup);
        writer.Number("sil_temperature_final", sil?.TauFinal);
    }

    private static void Flag(Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } known)
        {
            writer.WriteBoolean(name, known);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
