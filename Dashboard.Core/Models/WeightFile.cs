using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>All weights of a model as a safetensors file. Written under the names that the model gives them; read under these or under published ones.</summary>
public static class WeightFile
{
    private const string Path = "--weights";
    private const int Named = 12;

    /// <summary>Writes every parameter and buffer.</summary>
    /// <exception cref="SpecException">The file cannot be written.</exception>
    public static void Save(string path, LanguageModel model)
    {
        try
        {
            Safetensors.Save(path, [.. model.state_dict().Select(pair => (pair.Key, pair.Value))]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(new SpecProblem("--save", $"{path} cannot be written: {FileFault.Reason(path, error)}.", "Name a file in a folder that you may write to."));
        }
    }

    /// <summary>Fills a model from a file: every tensor of the file is used once, and every parameter is in it.</summary>
    /// <exception cref="SpecException">The file is not there, is no safetensors file, or does not fit; names what is missing, unexpected or of another shape.</exception>
    public static void Load(string path, LanguageModel model)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var saved = Read(path);
        var targets = model.state_dict();
        var problems = Problems(saved, targets).ToArray();
        if (problems.Length > 0)
        {
            throw new SpecException(problems);
        }

        foreach (var (name, target) in targets)
        {
            target.copy_(saved[name]);
        }
    }

    private static Dictionary<string, Tensor> Read(string path)
    {
        try
        {
            return WeightNames.Own(path, Safetensors.Load(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            throw new SpecException(new SpecProblem(Path, $"{path} cannot be read: {FileFault.Reason(path, error)}.", "Name a safetensors file, as logits --save writes it, or model.safetensors of a checkpoint."));
        }
    }

    private static IEnumerable<SpecProblem> Problems(Dictionary<string, Tensor> saved, Dictionary<string, Tensor> targets)
    {
        var missing = targets.Keys.Except(saved.Keys).ToArray();
        if (missing.Length > 0)
        {
            yield return new SpecProblem(Path, $"The file lacks {List(missing)}.", "Give a file of the same architecture, options and shape; architectures ID --parameters lists what it needs.");
        }

        var unexpected = saved.Keys.Except(targets.Keys).ToArray();
        if (unexpected.Length > 0)
        {
            yield return new SpecProblem(Path, $"The file has {List(unexpected)}, which the model does not.", "Remove them, or set the options that use them.");
        }

        var whole = targets.Where(pair => saved.TryGetValue(pair.Key, out var tensor) && IsReal(pair.Value) && !IsReal(tensor)).Select(pair => $"{pair.Key} ({saved[pair.Key].dtype})").ToArray();
        if (whole.Length > 0)
        {
            yield return new SpecProblem(Path, $"The file has no floating-point numbers in {List(whole)}.", "Save weights as F32, F64, F16 or BF16.");
        }

        var shaped = targets.Where(pair => saved.TryGetValue(pair.Key, out var tensor) && !tensor.shape.SequenceEqual(pair.Value.shape))
            .Select(pair => $"{pair.Key} [{string.Join(", ", saved[pair.Key].shape)}] for [{string.Join(", ", pair.Value.shape)}]").ToArray();
        if (shaped.Length > 0)
        {
            yield return new SpecProblem(Path, $"Shapes differ: {List(shaped)}.", "Set shape and options to those of the file.");
        }
    }

    private static bool IsReal(Tensor tensor) => tensor.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

    private static string List(string[] names) =>
        string.Join(", ", names.Take(Named)) + (names.Length > Named ? $" and {names.Length - Named} more" : "");
}
