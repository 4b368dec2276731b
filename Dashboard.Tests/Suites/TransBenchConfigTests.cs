using System.Text.Json;
using Crossbench.Models;
using Crossbench.Suites.TransBench;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Suites;

public sealed class TransBenchConfigTests
{
    /// <summary>The configuration that TransBench published its table with.</summary>
    private static readonly (string, string)[] Published =
    [
        ("num_layers", "6"), ("hidden_size", "256"), ("ffn_mult", "2.0"), ("num_heads", "8"), ("num_kv_heads", "4"), ("vocab_size", "4096"), ("seq_len", "256"), ("batch_size", "4"),
        ("warmup", "50"), ("steps", "2000"), ("lr", "3e-4"), ("min_lr", "1e-5"), ("device", "cpu"), ("dtype", "float32"), ("sil_num_rules", "32"),
    ];

    [Theory]
    [InlineData("gqa", false, 5_648_128)]
    [InlineData("asr", false, 5_648_128)]
    [InlineData("mig", false, 5_749_552)]
    [InlineData("sil", false, 5_752_774)]
    [InlineData("MHLA", false, 6_087_040)]
    [InlineData("mla", false, 6_087_040)]
    [InlineData("mamba2", true, 5_660_416)]
    [InlineData("retnet", true, 5_657_344)]
    [InlineData("msr", true, 5_657_344)]
    [InlineData(" Retention ", true, 5_657_344)]
    [InlineData("rwkv6", true, 5_259_520)]
    [InlineData("gqa", true, 5_648_128)]
    public void PublishedParameterCounts_AreMet(string arch, bool standIns, long expected) => Assert.Equal(expected, Parameters(Read(standIns, [.. Published, ("arch", arch)])));

    [Theory]
    [InlineData("gqa", 4, 1_645_184)]
    [InlineData("mig", 4, 1_678_992)]
    [InlineData("sil", 4, 1_713_028)]
    [InlineData("mhla", 4, 1_725_952)]
    [InlineData("gqa", 8, 2_237_568)]
    [InlineData("mig", 8, 2_305_184)]
    public void SmallerConfigurations_HaveTheirCountsToo(string arch, int layers, long expected) => Assert.Equal(expected, Parameters(Read(false,
        ("arch", arch), ("num_layers", $"{layers}"), ("hidden_size", "128"), ("ffn_mult", "2"), ("num_heads", "4"), ("num_kv_heads", "2"), ("vocab_size", "4096"), ("device", "cpu"))));

    [Fact]
    public void EmptyConfiguration_IsTransBenchsDefault()
    {
        var spec = Read(false).Read().OrThrow();
        Assert.Equal(66_379_520, Parameters(Read(false)));
        Assert.Equal(("gqa", "tinystories", 0L), (spec.Architecture.Id, spec.Dataset.Id, spec.Seed));
        var (shape, training) = (spec.Shape, spec.Training);
        Assert.Equal((8, 512, 8, 8, 2048, 256, 32000), (shape.Layers, shape.Width, shape.Heads, shape.KvHeads, shape.Ffn, shape.ContextLength, shape.Vocabulary));
        Assert.Equal((PositionEncoding.None, true, false, 0.02), (shape.Positions, shape.Bias, shape.TiedHead, shape.InitialDeviation));
        Assert.Equal((50, 0, 2, 1, 2e-4, 1e-6), (training.Steps, training.WarmupSteps, training.BatchSize, training.Accumulation, training.LearningRate, training.MinLearningRate));
        Assert.Equal((0.9, 0.999, 0.01, DecayScope.All, 1.0), (training.Beta1, training.Beta2, training.WeightDecay, training.DecayScope, training.Clip));
        Assert.Equal((LearningRateSchedule.CosineOpen, "cpu"), (training.Schedule, training.Device));
    }

    [Fact]
    public void WarmUp_ComesInAdditionToTheSteps_AndTheRateFollowsTransBenchsVectors()
    {
        var training = Read(false, Published).Read().OrThrow().Training;
        Assert.Equal((2050, 50), (training.Steps, training.WarmupSteps));
        Assert.Equal([6e-6, 3e-4, 3e-4, 1.55e-4], new[] { 0L, 49, 50, 1050 }.Select(step => Math.Round(LearningRate.At(training, step), 15)));
    }

    [Theory]
    [InlineData("", "learning_rate", "0.003", "training.learningRate", "0.003")]
    [InlineData("", "lr", "3e-3", "training.learningRate", "3e-3")]
    [InlineData("", "tokenizer", "gpt2", "dataset.tokenizer", "gpt2")]
    [InlineData("", "initializer_range", "0.05", "shape.initialDeviation", "0.05")]
    [InlineData("", "seed", "7", "seed", "7")]
    [InlineData("", "run_name", "a", "name", "a")]
    [InlineData("", "tags", "a,b", "tags", "a,b")]
    [InlineData("", "notes", "n", "notes", "n")]
    [InlineData("mig", "gate_dim", "8", "architecture.gateDim", "8")]
    [InlineData("mig", "mig_gate_dim", "0", "architecture.gateDim", "0")]
    [InlineData("mig", "lambda_sparsity", "0.5", "architecture.lambda", "0.5")]
    [InlineData("mig", "keep_ratio", "0.4", "architecture.keepRatio", "0.4")]
    [InlineData("mig", "mig_layer_keep_ratios", "0.1,1", "architecture.layerKeepRatios", "0.1,1")]
    [InlineData("mig", "aux_warmup_steps", "9", "architecture.auxWarmup", "9")]
    [InlineData("sil", "num_latent_rules", "5", "architecture.rules", "5")]
    [InlineData("sil", "sil_num_rules", "5", "architecture.rules", "5")]
    [InlineData("sil", "temperature", "2", "architecture.tau0", "2")]
    [InlineData("sil", "sil_temperature_final", "0.1", "architecture.tauFinal", "0.1")]
    [InlineData("sil", "hard_train", "true", "architecture.hardTrain", "true")]
    [InlineData("sil", "hard_eval", "false", "architecture.hardEval", "false")]
    [InlineData("sil", "lambda_sil", "0.2", "architecture.lambda", "0.2")]
    [InlineData("sil", "aux_warmup_steps", "9", "architecture.auxWarmup", "9")]
    [InlineData("asr", "noise_std", "0.2", "architecture.noiseStd", "0.2")]
    [InlineData("asr", "lambda_asr", "0.2", "architecture.lambda", "0.2")]
    [InlineData("asr", "aux_warmup_steps", "9", "architecture.auxWarmup", "9")]
    public void KeysAndAliases_SetTheirPaths(string arch, string key, string value, string path, string expected)
    {
        var reading = arch.Length == 0 ? Read(false, (key, value)) : Read(false, ("arch", arch), (key, value));
        Assert.Empty(reading.Read().Problems);
        Assert.Equal((expected, key), (reading.Settings.Last(setting => setting.Path == path).Text, reading.KeyOf(path)));
    }

    [Theory]
    [InlineData("gqa", "")]
    [InlineData("mig", "gateDim=64 keepRatio=0.7 layerKeepRatios= lambda=0.01 auxWarmup=0 topkMode=global dropMode=zero_input cloneInit=true gateOn=slices")]
    [InlineData("sil", "rules=64 tau0=0.5 tauFinal= hardTrain=false hardEval=true lambda=0.01 auxWarmup=0 evalSampling=gumbel cloneInit=true entropyMode=token")]
    [InlineData("asr", "noiseStd=0.3 lambda=0.1 auxWarmup=0 detachTarget=false")]
    [InlineData("mhla", "ropeMode=none queryRank= nopeWidth=")]
    [InlineData("mamba2", "expand=1 headDim= state=32 groups=1 cloneInit=true")]
    [InlineData("rwkv6", "expandKey=0.5 expandValue=0.5 mixRank=64 decayRank=64 init=transbench")]
    [InlineData("retnet", "expandKey=1 expandValue=1")]
    public void Architectures_AreThoseOfTransBench_WithItsDefaults(string arch, string expected)
    {
        var spec = Read(false, ("arch", arch)).Read().OrThrow();
        var options = RunSpecJson.Flatten(RunSpecJson.Write(spec)).ToDictionary();
        Assert.Equal(arch, spec.Architecture.Id);
        Assert.All(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), pair => Assert.Equal(pair, $"{pair.Split('=')[0]}={options["architecture." + pair.Split('=')[0]]}"));
    }

    [Theory]
    [InlineData("tinystories", "tinystories", "compat=transbench tokenizer=gpt2")]
    [InlineData(" TinyStories ", "tinystories", "compat=transbench")]
    [InlineData("poisoned_needle", "poisoned_needle", "compat=transbench source=tinystories poisonRatio=0.85 tokenizer=gpt2")]
    [InlineData("sparse_signal", "sparse_signal", "motif=perBatch signalRatio=0.15 motifLength=8")]
    [InlineData("zero", "zeros", "")]
    [InlineData("arange", "ramp", "")]
    public void Datasets_AreThoseOfTransBench(string dataset, string id, string expected)
    {
        var options = RunSpecJson.Flatten(RunSpecJson.Write(Read(false, ("dataset", dataset)).Read().OrThrow())).ToDictionary();
        Assert.Equal(id, options["dataset.id"]);
        Assert.All(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), pair => Assert.Equal(pair, $"{pair.Split('=')[0]}={options["dataset." + pair.Split('=')[0]]}"));
    }

    /// <summary>No key may be read and then forgotten: each changes a setting of some architecture on some dataset, but for those that mean nothing here.</summary>
    [Fact]
    public void EveryKey_HasItsEffect()
    {
        var idle = new[] { "cache_dir", "offline", "raw" };
        foreach (var key in TransBenchKeys.Names.Except(idle))
        {
            var isUsed = new[] { "gqa", "mig", "sil", "asr" }.SelectMany(arch => new[] { "tinystories", "poisoned_needle", "sparse_signal" }.Select(dataset => (arch, dataset))).Any(pair =>
            {
                var given = new Dictionary<string, string> { ["arch"] = pair.arch, ["dataset"] = pair.dataset };
                given[key] = given.GetValueOrDefault(key) ?? "3";
                return TransBenchConfig.Read(given).Settings.Any(setting => setting.Key == key);
            });
            Assert.True(isUsed || key == "dtype", key);
        }
    }

    [Fact]
    public void UnknownKeys_AreProblems_WithTheNearestKnown()
    {
        var problems = Read(false, ("sed", "1"), ("learnig_rate", "1"), ("zzzzzzz", "1")).Problems;
        Assert.Equal(["sed", "learnig_rate", "zzzzzzz"], problems.Select(problem => problem.Path));
        Assert.Equal(["Did you mean seed?", "Did you mean learning_rate?", "Remove it."], problems.Select(problem => problem.Remedy));
    }

    [Theory]
    [InlineData("steps", "0", "would take 1")]
    [InlineData("steps", "3.5", "not a whole number")]
    [InlineData("warmup", "-1", "would take 0")]
    [InlineData("ffn_mult", "wide", "not a number")]
    [InlineData("arch", "gqq", "no architecture")]
    [InlineData("dataset", "wikitext", "no dataset")]
    [InlineData("dtype", "float16", "refused")]
    [InlineData("dtype", "fp16", "refused")]
    [InlineData("dtype", "int8", "no number format")]
    [InlineData("tokenizer_model", "mistral", "is not here")]
    [InlineData("num_layers", "many", "number")]
    [InlineData("lr", "0.5", "")]
    [InlineData("num_heads", "7", "")]
    [InlineData("initializer_range", "0", "")]
    public void WhatTransBenchWouldBendOrBreakOn_IsAProblemAtItsKey(string key, string value, string reason)
    {
        var reading = Read(false, (key, value));
        var problems = reading.Read().Problems;
        Assert.Contains(problems, problem => (problem.Path == key || reading.KeyOf(problem.Path) == key) && problem.Reason.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Overrides_TakeTheProblemWithThem()
    {
        Assert.Empty(TransBenchConfig.Read(new Dictionary<string, string> { ["dtype"] = "float16" }, Over("training.precision", "fp32")).Problems);
        Assert.Empty(TransBenchConfig.Read(new Dictionary<string, string> { ["tokenizer"] = "mistral" }, Over("dataset.tokenizer", "bytes")).Problems);

        static TransBenchContext Over(string path, string text) => new() { Overrides = new Dictionary<string, string> { [path] = text } };
    }

    [Theory]
    [InlineData(null, null, null, "cpu", "fp32", "GPU where there is one")]
    [InlineData("cpu", "bf16", null, "cpu", "bf16", "bfloat16")]
    [InlineData("cuda", null, null, "cuda", "bf16", "No dtype")]
    [InlineData("cuda", "FP32", null, "cuda", "fp32", "")]
    [InlineData("cuda:1", null, null, "cuda:1", "bf16", "No dtype")]
    [InlineData("cuda", null, "cpu", "cuda", "fp32", "")]
    public void DeviceAndFormat_AreTransBenchs_AndNotesSayWhatIsAssumed(string? device, string? dtype, string? over, string expectedDevice, string precision, string note)
    {
        var given = new[] { ("device", device), ("dtype", dtype) }.Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.Item1, pair => pair.Item2!);
        var reading = TransBenchConfig.Read(given, new TransBenchContext { Overrides = over is null ? new Dictionary<string, string>() : new() { ["training.device"] = over } });
        Assert.Equal((expectedDevice, precision), (reading.Settings.Last(item => item.Path == "training.device").Text, reading.Settings.Last(item => item.Path == "training.precision").Text));
        Assert.Contains(reading.Notes, text => text.Contains(note, StringComparison.Ordinal));
    }

    [Fact]
    public void Notes_SayWhatIsOtherwise()
    {
        var notes = string.Join(' ', Read(false, ("arch", "mamba2"), ("lr", "1e-4"), ("learning_rate", "1e-3"), ("offline", "true")).Notes);
        Assert.All(["mamba2-stub", "No seed", "evaluation set", "lr is not used", "cache_dir and offline"], words => Assert.Contains(words, notes, StringComparison.Ordinal));
        Assert.DoesNotContain("No seed", string.Join(' ', Read(false, ("seed", "1")).Notes), StringComparison.Ordinal);
        Assert.Equal("1e-3", Read(false, ("lr", "1e-4"), ("learning_rate", "1e-3")).Settings.Single(setting => setting.Path == "training.learningRate").Text);
    }

    [Fact]
    public void ConfigurationOfAReport_IsRead()
    {
        using var json = JsonDocument.Parse("""
            {"arch":"mig","num_layers":6,"hidden_size":256,"ffn_mult":2.0,"num_heads":8,"num_kv_heads":null,"vocab_size":4096,"learning_rate":0.0003,"seed":1234567890,"cache_dir":"/x","offline":false,
             "device":"cpu","dtype":null,"tokenizer_model":"gpt2","mig_keep_ratio":0.7,"mig_layer_keep_ratios":[0.05,1.0],"sil_hard_eval":true,"steps":2000.0}
            """);
        var reading = TransBenchConfig.Read(TransBenchConfig.TextsOf(json.RootElement), new TransBenchContext { StandIns = true });
        var spec = reading.Read().OrThrow();
        Assert.Equal(("mig", 1234567890L, 8, 2000, 3e-4), (spec.Architecture.Id, spec.Seed, spec.Shape.KvHeads, spec.Training.Steps, spec.Training.LearningRate));
        Assert.Equal("0.05,1", reading.Settings.Last(setting => setting.Path == "architecture.layerKeepRatios").Text);
    }

    private static TransBenchReading Read(bool standIns, params (string Key, string Value)[] keys) =>
        TransBenchConfig.Read(keys.ToDictionary(pair => pair.Key, pair => pair.Value), new TransBenchContext { StandIns = standIns });

    private static long Parameters(TransBenchReading reading)
    {
        var spec = reading.Read().OrThrow();
        return ModelZoo.Find(spec.Architecture.Id)!.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options).ParameterCount;
    }
}
