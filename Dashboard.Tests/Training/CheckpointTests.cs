using System.Text.Json;
using Crossbench.Models;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Training;

/// <summary>What a checkpoint folder holds after runs, crashes and damage.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TrainingRuns _runs;

    public CheckpointTests() => _runs = new TrainingRuns(_folder);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, 0, 0, "16 20")]
    [InlineData(3, 0, 0, "12 16 20")]
    [InlineData(0, 0, 0, "20")]
    [InlineData(1, 0, 8, "8 16 20")]
    [InlineData(1, 2, 0, "4 12 20")]
    [InlineData(1, 2, 8, "4 8 12 16 20")]
    public void Policy_KeepsTheNewest_TheBest_AndMultiples(int last, int best, int every, string expected)
    {
        var policy = new TrainingOptions { KeepLast = last, KeepBest = best, KeepEvery = every };
        double[] losses = [1.5, 3, 1, 2, 4]; // of steps 4, 8, …; the best two are 12 and 4
        for (var i = 0; i < losses.Length; i++)
        {
            Write(4 * (i + 1), losses[i]);
            CheckpointFolder.Prune(_folder.File("run"), policy);
        }

        Assert.Equal(expected, string.Join(' ', CheckpointFolder.Steps(_folder.File("run")).Order()));
    }

    [Fact]
    public void Run_KeepsItsBestCheckpoint_AndTheEventsTellTheSame()
    {
        // A learning rate that spoils what was learnt: the best evaluation is not among the last.
        var (_, events) = _runs.Train(TrainingRuns.Spec(("training.steps", "40"), ("training.checkpointEvery", "5"), ("training.evaluateEvery", "5"), ("training.keepLast", "1"), ("training.keepBest", "1"), ("training.learningRate", "0.1"), ("training.warmup", "30")));
        var saved = events.OfType<CheckpointSaved>().Select(e => e.Step).ToArray();
        var removed = events.OfType<CheckpointRemoved>().Select(e => e.RemovedStep).ToArray();
        Assert.Equal([5, 10, 15, 20, 25, 30, 35, 40], saved);
        var best = events.OfType<Evaluated>().Where(e => e.Step > 0).MinBy(e => e.Loss)!;
        Assert.NotEqual(40, best.Step);
        Assert.Equal([best.Step, 40], saved.Except(removed));
        Assert.Equal([best.Step, 40], CheckpointFolder.Steps(_folder.File("run")).Order());
        Assert.Equal(best.Loss, Checkpoint.ReadProgress(CheckpointFolder.Of(_folder.File("run"), best.Step)).EvaluationLoss);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("config.json")]
    [InlineData("state.json")]
    [InlineData("SHA256SUMS")]
    public void OneOtherByte_InWhicheverFile_IsNoticed_AndSaid(string file)
    {
        var spec = TrainingRuns.Spec(("training.checkpointEvery", "4"));
        _runs.Train(spec);
        var damaged = CheckpointFolder.Of(_folder.File("run"), 12);
        var path = Path.Combine(damaged, file);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        var (outcome, events) = _runs.Train(spec);
        Assert.Equal(12, Assert.IsType<Completed>(outcome).Step);
        Assert.Equal(8, Assert.Single(events.OfType<Started>()).Step);
        var note = Assert.Single(events.OfType<Noted>(), note => note.Text.Contains("damaged", StringComparison.Ordinal));
        Assert.True(note.IsWarning);
        Assert.Contains("The checkpoint step-00000012 is damaged and passed over", note.Text, StringComparison.Ordinal);
        if (file != "SHA256SUMS")
        {
            Assert.Contains($"{file} has the SHA-256 ", note.Text, StringComparison.Ordinal);
        }

        Assert.True(Directory.Exists(_folder.File("run/damaged-step-00000012")));
        Assert.Null(Checkpoint.Problem(damaged));
    }

    [Theory]
    [InlineData("model.safetensors", "model.safetensors is missing")]
    [InlineData("state.json", "state.json is missing")]
    [InlineData("SHA256SUMS", "SHA256SUMS is missing")]
    public void AMissingFile_IsNoticed(string file, string problem)
    {
        _runs.Train(TrainingRuns.Spec());
        var folder = Checkpoint.FindLatest(_folder.File("run"))!;
        Assert.Null(Checkpoint.Problem(folder));
        File.Delete(Path.Combine(folder, file));
        Assert.Equal(problem, Checkpoint.Problem(folder));
    }

    [Fact]
    public void LeftoversOfACrash_AreRemovedAtTheNextStart_AndAHalfReplacedCheckpointComesBack()
    {
        var spec = TrainingRuns.Spec(("training.checkpointEvery", "4"));
        _runs.Train(spec);
        var run = _folder.File("run");
        foreach (var leftover in new[] { "unfinished-step-00000016", "removed-step-00000004", "replaced-step-00000008" })
        {
            Directory.CreateDirectory(Path.Combine(run, leftover));
            File.WriteAllText(Path.Combine(run, leftover, "model.safetensors"), "half");
        }

        Directory.Move(CheckpointFolder.Of(run, 12), Path.Combine(run, "replaced-step-00000012"));
        var (_, events) = _runs.Train(spec);
        Assert.Equal(12, Assert.Single(events.OfType<Started>()).Step);
        Assert.Equal(["step-00000008", "step-00000012"], Directory.GetDirectories(run).Select(path => Path.GetFileName(path)!).Order());
        Assert.Equal(4, events.OfType<Noted>().Count(note => note.Text.Contains("crash", StringComparison.Ordinal) && !note.IsWarning));
        Assert.Equal([8, 12], Assert.Single(events.OfType<CheckpointsFound>()).Checkpoints.Select(item => item.Step));
    }

    [Fact]
    public void ACheckpointOfAnEarlierVersion_IsRestored()
    {
        var (whole, wholeEvents) = _runs.Train(TrainingRuns.Spec(), "whole");
        var (_, before) = _runs.Train(TrainingRuns.Spec(), "run", TrainingRuns.PauseAt(5));
        MakeOld(CheckpointFolder.Of(_folder.File("run"), 5));
        Assert.Null(Checkpoint.Problem(CheckpointFolder.Of(_folder.File("run"), 5)));
        var (end, after) = _runs.Train(TrainingRuns.Spec());
        Assert.Equal(whole, end);
        Assert.Equal(TrainingRuns.Losses(wholeEvents), TrainingRuns.Losses(before.Concat(after)));
    }

    [Fact]
    public void Config_HasTheKeysOfHuggingFace_AndTheSpecification_AndNamesAreLlamas()
    {
        var spec = TrainingRuns.Spec(("shape.bias", "false"), ("shape.ropeBase", "100000"));
        _runs.Train(spec);
        var folder = Checkpoint.FindLatest(_folder.File("run"))!;
        var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).RootElement;
        Assert.Equal(("llama", "LlamaForCausalLM"), (json.GetProperty("model_type").GetString(), json.GetProperty("architectures")[0].GetString()));
        var numbers = new[] { "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim", "intermediate_size", "vocab_size", "max_position_embeddings" };
        Assert.Equal([16, 2, 4, 2, 4, 24, 64, 16], numbers.Select(name => json.GetProperty(name).GetInt32()));
        Assert.Equal((1e-6, 100000.0), (json.GetProperty("rms_norm_eps").GetDouble(), json.GetProperty("rope_theta").GetDouble()));
        Assert.Equal((false, false, "float32"), (json.GetProperty("tie_word_embeddings").GetBoolean(), json.GetProperty("attention_bias").GetBoolean(), json.GetProperty("torch_dtype").GetString()));
        Assert.Equal(RunSpecJson.Write(spec), RunSpecJson.Write(RunSpecJson.Read(json.GetProperty("crossbench").GetProperty("spec").GetRawText())));

        var header = Safetensors.ReadHeader(Path.Combine(folder, "model.safetensors")).ToDictionary(entry => entry.Name, entry => string.Join('×', entry.Shape));
        string[] layer = ["input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];
        Assert.Equal(
            new[] { "model.embed_tokens.weight", "model.norm.weight", "lm_head.weight" }.Concat(from i in new[] { 0, 1 } from part in layer select $"model.layers.{i}.{part}.weight").Order(StringComparer.Ordinal),
            header.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("64×16", "8×16", "16×24"), (header["model.embed_tokens.weight"], header["model.layers.1.self_attn.k_proj.weight"], header["model.layers.0.mlp.down_proj.weight"]));
        Assert.Equal("pt", Safetensors.ReadMetadata(Path.Combine(folder, "model.safetensors"))["format"]);
    }

    [Fact]
    public void AModelThatIsNoLlama_DoesNotSaySo()
    {
        Assert.All(ModelZoo.All, architecture =>
        {
            var biased = architecture.DefaultShape with { Bias = true, TiedHead = false };
            Assert.Null(architecture.PublishedAs(biased, architecture.Defaults));
            Assert.Equal(architecture == ModelZoo.All[0], architecture.PublishedAs(biased with { Bias = false }, architecture.Defaults) is not null);
            Assert.Null(architecture.PublishedAs(biased with { Bias = false, Positions = PositionEncoding.None }, architecture.Defaults));
        });
    }

    [Fact]
    public void Names_GoToPublishedOnesAndBack_ForEveryArchitecture()
    {
        foreach (var architecture in ModelZoo.All)
        {
            var own = architecture.Cost(architecture.DefaultShape, 64, architecture.Defaults).Parameters.Select(parameter => parameter.Name).ToArray();
            var published = own.Select(WeightNames.Published).ToArray();
            Assert.Equal(own.Length, published.Distinct().Count());
            Assert.Equal(own, published.Select(WeightNames.Own));
            Assert.Equal(own, own.Select(WeightNames.Own));
        }

        Assert.Equal("layers.3.aspp.ln.weight", WeightNames.Published("layers.3.aspp.ln.weight"));
    }

    [Fact]
    public void WeightsOfACheckpoint_AreReadAsAWeightFile()
    {
        var spec = TrainingRuns.Spec();
        _runs.Train(spec);
        var path = Path.Combine(Checkpoint.FindLatest(_folder.File("run"))!, "model.safetensors");
        using var model = ModelZoo.All[0].CreateModel(spec.Shape, 64, spec.Architecture.Options, new RandomStreams(9));
        WeightFile.Load(path, model);
        using var scope = NewDisposeScope();
        var saved = Safetensors.Load(path);
        Assert.All(model.state_dict(), pair => Assert.Equal(0, TinyModels.Distance(pair.Value, saved[WeightNames.Published(pair.Key)])));
    }

    [Fact]
    public void KeepEvery_ThatNoCheckpointMeets_IsRefused_WithWhatWouldDo()
    {
        var problem = Assert.Single(Refused(("training.checkpointEvery", "200"), ("training.keepEvery", "500")));
        Assert.Equal(("training.keepEvery", "600", "500"), (problem.Path, problem.Fixes[0].Value, problem.Fixes[1].Value));
        Assert.Empty(Refused(("training.checkpointEvery", "200"), ("training.keepEvery", "600")));
        Assert.Equal("training.keepEvery", Assert.Single(Refused(("training.checkpointEvery", "0"), ("training.keepEvery", "500"))).Path);
    }

    [Fact]
    public void WhatIsKept_ChangesNoNumber_SoItIsNotInTheHash()
    {
        var spec = TrainingRuns.Spec();
        Assert.Equal(RunSpecJson.Hash(spec), RunSpecJson.Hash(spec with { Training = spec.Training with { KeepLast = 9, KeepBest = 1, KeepEvery = 400 } }));
        Assert.NotEqual(RunSpecJson.Hash(spec), RunSpecJson.Hash(spec with { Training = spec.Training with { CheckpointEvery = 9 } }));
    }

    [Fact]
    public void Folders_AreFlushed_AndOneThatIsGoneIsSaid()
    {
        DurableFiles.FlushFolder(_folder.Path);
        var fault = Assert.Throws<IOException>(() => DurableFiles.FlushFolder(_folder.File("gone")));
        Assert.Contains("No such file", fault.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<SpecProblem> Refused(params (string, string)[] settings) =>
        RunSpecReader.Read([new("dataset.id", "sparse_signal"), .. settings.Select(item => KeyValuePair.Create(item.Item1, item.Item2))]).Problems;

    /// <summary>A checkpoint in name and state alone; pruning looks at no more.</summary>
    private void Write(long step, double loss)
    {
        var folder = CheckpointFolder.Of(_folder.File("run"), step);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "state.json"), JsonSerializer.Serialize(new { progress = new { step, tokens = 0, elapsed = 0, lastEvaluatedStep = step, evaluationLoss = loss }, updates = step }));
    }

    /// <summary>Turns a checkpoint into one as version 0.1 wrote it: our names, the specification as config.json, sums of three files in the state.</summary>
    private static void MakeOld(string folder)
    {
        using var scope = NewDisposeScope();
        var model = Path.Combine(folder, "model.safetensors");
        Safetensors.Save(model, [.. Safetensors.Load(model).Select(pair => (WeightNames.Own(pair.Key), pair.Value.clone()))]);
        File.WriteAllText(Path.Combine(folder, "config.json"), RunSpecJson.WriteIndented(TrainingRuns.Spec()));
        File.Delete(Path.Combine(folder, "SHA256SUMS"));
        var sums = new[] { "model.safetensors", "optimizer.safetensors", "config.json" }
            .ToDictionary(name => name, name => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, name)))));
        var progress = Checkpoint.ReadProgress(folder);
        File.WriteAllText(Path.Combine(folder, "state.json"), JsonSerializer.Serialize(
            new { progress = new { progress.Step, progress.Tokens, progress.Elapsed, progress.LastEvaluatedStep }, updates = progress.Step, sums }, JsonSerializerOptions.Web));
    }
}
