using Crossbench.Models;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>Logits of a model for given tokens, in evaluation mode, fp32 on the CPU: how other implementations are compared with it.</summary>
public static class LogitProbe
{
    /// <summary>Builds the model of a specification and runs it.</summary>
    /// <param name="spec">Gives architecture, shape, seed and number of threads.</param>
    /// <param name="sequences">Token ids.</param>
    /// <param name="weights">A safetensors file with all weights; the seed's initial weights when absent.</param>
    /// <param name="save">A file to write the weights to that were used.</param>
    /// <returns>For each sequence a row of V logits for each position.</returns>
    /// <exception cref="SpecException">The file does not fit the model, or cannot be written.</exception>
    public static IEnumerable<float[][]> Run(RunSpec spec, IReadOnlyList<int[]> sequences, string? weights, string? save)
    {
        set_num_threads(spec.Training.ThreadCount);
        using var model = ModelZoo.Find(spec.Architecture.Id)!.CreateModel(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options, new RandomStreams(spec.Seed));
        if (weights is not null)
        {
            WeightFile.Load(weights, model);
        }

        if (save is not null)
        {
            WeightFile.Save(save, model);
        }

        model.eval();
        foreach (var sequence in sequences)
        {
            yield return Logits(model, sequence, spec.Training);
        }
    }

    private static float[][] Logits(LanguageModel model, int[] sequence, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var tokens = tensor(Array.ConvertAll(sequence, id => (long)id)).view(1, sequence.Length);
        var context = new ForwardContext(new KernelSet(options.Precision, options.Kernels), training: false);
        return [.. model.call(tokens, context).contiguous().data<float>().ToArray().Chunk(model.Vocabulary)];
    }
}
