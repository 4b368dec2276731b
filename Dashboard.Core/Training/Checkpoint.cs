using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>How far a run had come when a checkpoint was written.</summary>
/// <param name="Step">Optimiser steps done; all random streams and the data position follow from it.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Elapsed">Training time in seconds.</param>
/// <param name="LastEvaluatedStep">Step of the latest evaluation, or -1.</param>
public sealed record TrainingProgress(long Step, long Tokens, double Elapsed, long LastEvaluatedStep);

/// <summary>
/// A checkpoint is a folder <c>step-00000100</c> with <c>model.safetensors</c>, <c>optimizer.safetensors</c>, <c>config.json</c> (the specification) and
/// <c>state.json</c> (progress and checksums). It is written under another name, flushed and renamed, so a crash never leaves half of one.
/// </summary>
public static class Checkpoint
{
    private const string ModelFile = "model.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string ConfigFile = "config.json";
    private const string StateFile = "state.json";
    private const string Prefix = "step-";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="parent">Folder of the run's checkpoints.</param>
    /// <param name="spec">The run's specification.</param>
    /// <param name="progress">How far it has come.</param>
    /// <param name="model">Its model.</param>
    /// <param name="optimizer">Its optimiser.</param>
    /// <returns>Its folder and its size in bytes.</returns>
    public static (string Folder, long Bytes) Save(string parent, RunSpec spec, TrainingProgress progress, LanguageModel model, AdamW optimizer)
    {
        var folder = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{progress.Step:D8}"));
        var unfinished = Path.Combine(parent, $"unfinished-{Path.GetFileName(folder)}");
        DeleteIfThere(unfinished);
        Directory.CreateDirectory(unfinished);
        Safetensors.Save(Path.Combine(unfinished, ModelFile), [.. model.state_dict().Select(pair => (pair.Key, pair.Value))]);
        Safetensors.Save(Path.Combine(unfinished, OptimizerFile), [.. Moments(optimizer)]);
        WriteDurably(Path.Combine(unfinished, ConfigFile), RunSpecJson.WriteIndented(spec));
        var sums = new[] { ModelFile, OptimizerFile, ConfigFile }.ToDictionary(name => name, name => Sum(Path.Combine(unfinished, name)));
        WriteDurably(Path.Combine(unfinished, StateFile), JsonSerializer.Serialize(new State(progress, optimizer.Updates, sums), Json));
        DeleteIfThere(folder);
        Directory.Move(unfinished, folder);
        return (folder, Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length));
    }

    /// <summary>Deletes all checkpoints but the newest.</summary>
    /// <param name="parent">Folder of the run's checkpoints.</param>
    /// <param name="keep">How many stay.</param>
    /// <returns>Steps of those that are gone.</returns>
    public static IReadOnlyList<long> Prune(string parent, int keep)
    {
        var old = Directory.EnumerateDirectories(parent, Prefix + "*").OrderDescending(StringComparer.Ordinal).Skip(keep).ToArray();
        foreach (var folder in old)
        {
            Directory.Delete(folder, recursive: true);
        }

        return [.. old.Select(folder => long.Parse(Path.GetFileName(folder)[Prefix.Length..], CultureInfo.InvariantCulture))];
    }

    /// <summary>The latest whole checkpoint below a folder, or null. Folders without a valid state or with a wrong checksum are passed over.</summary>
    public static string? FindLatest(string parent) => !Directory.Exists(parent)
        ? null
        : Directory.EnumerateDirectories(parent, Prefix + "*").OrderDescending(StringComparer.Ordinal).FirstOrDefault(IsWhole);

    /// <summary>Reads how far a checkpoint is.</summary>
    public static TrainingProgress ReadProgress(string folder) => ReadState(folder).Progress;

    /// <summary>Restores weights and optimiser to the bits that were saved.</summary>
    /// <exception cref="InvalidDataException">The checkpoint belongs to another model.</exception>
    public static TrainingProgress Restore(string folder, LanguageModel model, AdamW optimizer)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Copy(Safetensors.Load(Path.Combine(folder, ModelFile)), model.state_dict(), folder);
        Copy(Safetensors.Load(Path.Combine(folder, OptimizerFile)), Moments(optimizer).ToDictionary(), folder);
        var state = ReadState(folder);
        optimizer.Updates = state.Updates;
        return state.Progress;
    }

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

    private static bool IsWhole(string folder)
    {
        try
        {
            return ReadState(folder).Sums.All(pair => Sum(Path.Combine(folder, pair.Key)) == pair.Value);
        }
        catch (Exception error) when (error is IOException or JsonException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static State ReadState(string folder)
    {
        var path = Path.Combine(folder, StateFile);
        return JsonSerializer.Deserialize<State>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"{path} is empty.");
    }

    private static string Sum(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static void WriteDurably(string path, string text)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed record State(TrainingProgress Progress, long Updates, Dictionary<string, string> Sums);
}
