using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>How far a run had come when a checkpoint was written.</summary>
/// <param name="Step">Optimiser steps done; all random streams and the data position follow from it.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Elapsed">Training time in seconds.</param>
/// <param name="LastEvaluatedStep">Step of the latest evaluation, or -1.</param>
public sealed record TrainingProgress(long Step, long Tokens, double Elapsed, long LastEvaluatedStep)
{
    /// <summary>Loss of the latest evaluation over the run's own held-out sequences.</summary>
    public double? EvaluationLoss { get; init; }

    /// <summary>Loss of an evaluation at this very step; absent when it was not evaluated then, or the loss is not finite.</summary>
    [JsonIgnore]
    public double? LossHere => LastEvaluatedStep == Step && EvaluationLoss is { } loss && double.IsFinite(loss) ? loss : null;
}

/// <summary>
/// A checkpoint is a folder <c>step-00000100</c> with <c>model.safetensors</c> (under published names, see <see cref="WeightNames"/>),
/// <c>optimizer.safetensors</c>, <c>config.json</c> (for other tools, with the specification), <c>state.json</c> (progress) and <c>SHA256SUMS</c>. It is
/// written under another name, flushed to disk with its folder, and renamed, so neither a crash nor a power cut leaves half of one under that name.
/// </summary>
public static class Checkpoint
{
    internal const string ModelFile = "model.safetensors";
    internal const string OptimizerFile = "optimizer.safetensors";
    private const string ConfigFile = "config.json";
    private const string StateFile = "state.json";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="parent">Folder of the run's checkpoints.</param>
    /// <param name="spec">The run's specification.</param>
    /// <param name="progress">How far it has come.</param>
    /// <param name="model">Its model.</param>
    /// <param name="optimizer">Its optimiser.</param>
    /// <returns>Its folder and its size in bytes.</returns>
    /// <exception cref="IOException">It could not be written; nothing of it is left.</exception>
    public static (string Folder, long Bytes) Save(string parent, RunSpec spec, TrainingProgress progress, LanguageModel model, AdamW optimizer)
    {
        var unfinished = CheckpointFolder.Begin(parent, progress.Step);
        try
        {
            Safetensors.Save(Path.Combine(unfinished, ModelFile), [.. model.state_dict().Select(pair => (WeightNames.Published(pair.Key), pair.Value))], Metadata);
            Safetensors.Save(Path.Combine(unfinished, OptimizerFile), [.. Moments(optimizer)], Metadata);
            DurableFiles.Write(Path.Combine(unfinished, ConfigFile), CheckpointConfig.Write(spec, progress.Step));
            DurableFiles.Write(Path.Combine(unfinished, StateFile), JsonSerializer.Serialize(new State(progress, optimizer.Updates, null), Json));
            CheckpointSums.Write(unfinished);
            var folder = CheckpointFolder.Publish(parent, unfinished, progress.Step);
            return (folder, BytesOf(folder));
        }
        catch
        {
            CheckpointFolder.Discard(unfinished);
            throw;
        }
    }

    /// <summary>The latest whole checkpoint below a folder, or null. Damaged ones are passed over.</summary>
    public static string? FindLatest(string parent) => CheckpointFolder.FindLatest(parent).Folder;

    /// <summary>What is wrong with a checkpoint, in a clause; null when it is whole: every file there with the sum that it was saved with.</summary>
    public static string? Problem(string folder)
    {
        try
        {
            if (!File.Exists(Path.Combine(folder, StateFile)))
            {
                return $"{StateFile} is missing";
            }

            // Earlier versions kept the sums in the state, which so had none itself.
            return CheckpointSums.Read(folder) is { } sums ? CheckpointSums.Problem(folder, sums, [ModelFile, OptimizerFile, ConfigFile, StateFile])
                : ReadState(folder).Sums is { } former ? CheckpointSums.Problem(folder, former, [ModelFile, OptimizerFile])
                : "SHA256SUMS is missing";
        }
        catch (Exception error) when (error is IOException or JsonException or InvalidDataException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {FileFault.Reason(folder, error)}";
        }
    }

    /// <summary>Reads how far a checkpoint is.</summary>
    /// <exception cref="InvalidDataException">Its state cannot be read.</exception>
    public static TrainingProgress ReadProgress(string folder) => ReadState(folder).Progress;

    /// <summary>Restores weights and optimiser to the bits that were saved.</summary>
    /// <exception cref="InvalidDataException">The checkpoint belongs to another model.</exception>
    public static TrainingProgress Restore(string folder, LanguageModel model, AdamW optimizer)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var weights = Path.Combine(folder, ModelFile);
        Copy(WeightNames.Own(weights, Safetensors.Load(weights)), model.state_dict(), folder);
        Copy(Safetensors.Load(Path.Combine(folder, OptimizerFile)), Moments(optimizer).ToDictionary(), folder);
        var state = ReadState(folder);
        optimizer.Updates = state.Updates;
        return state.Progress;
    }

    /// <summary>Bytes of all its files.</summary>
    internal static long BytesOf(string folder) => Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length);

    private static void Copy(IReadOnlyDictionary<string, Tensor> saved, Dictionary<string, Tensor> targets, string folder)
    {
        var unexpected = saved.Keys.Except(targets.Keys).ToArray();
        var missing = targets.Keys.Except(saved.Keys).ToArray();
        if (unexpected.Length + missing.Length > 0)
        {
            throw new InvalidDataException($"{folder} belongs to another model: unexpected [{string.Join(", ", unexpected)}], missing [{string.Join(", ", missing)}].");
        }

        foreach (var (name, target) in targets)
        {
            if (!saved[name].shape.SequenceEqual(target.shape))
            {
                throw new InvalidDataException($"{folder}: {name} has shape [{string.Join(", ", saved[name].shape)}], the model has [{string.Join(", ", target.shape)}].");
            }

            target.copy_(saved[name]);
        }
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Moments(AdamW optimizer) => optimizer.Tensors
        .SelectMany(tensor => new[] { (tensor.Name + ".mean", tensor.Mean), (tensor.Name + ".variance", tensor.Variance) });

    private static State ReadState(string folder)
    {
        var path = Path.Combine(folder, StateFile);
        try
        {
            return JsonSerializer.Deserialize<State>(File.ReadAllText(path), Json) is { Progress: not null } state ? state : throw new InvalidDataException($"{path} holds no progress.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {error.LineNumber + 1}: not JSON."), error);
        }
    }

    private sealed record State(TrainingProgress Progress, long Updates, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Dictionary<string, string>? Sums);
}
