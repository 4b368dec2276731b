using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>Turns token batches into tensors.</summary>
internal static class BatchTensors
{
    /// <summary>Inputs and targets, [B, T] int64 each; targets that are not scored are <see cref="KernelSet.NotCounted"/>.</summary>
    public static (Tensor Inputs, Tensor Targets) Create(TokenBatch batch, Device device)
    {
        var targets = new long[batch.Targets.Length];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = batch.Counted is null || batch.Counted[i] ? batch.Targets[i] : KernelSet.NotCounted;
        }

        return (Create(Array.ConvertAll(batch.Inputs, id => (long)id), batch, device), Create(targets, batch, device));
    }

    /// <summary>Which inputs carry signal and which are noise, [B, T] bool each; nothing where the dataset knows no classes.</summary>
    public static (Tensor? Signal, Tensor? Noise) Classes(TokenBatch batch, Device device)
    {
        if (batch.Classes is not { } classes)
        {
            return (null, null);
        }

        var inputs = batch.InputClasses ?? OfInputs(classes, batch.ContextLength);
        Tensor Mask(Func<TokenClass, bool> holds) => tensor(Array.ConvertAll(inputs, item => holds(item))).view(batch.BatchSize, batch.ContextLength).to(device);
        return (Mask(item => item is TokenClass.Signal or TokenClass.Needle or TokenClass.Rule or TokenClass.Answer), Mask(item => item == TokenClass.Noise));
    }

    /// <summary>Device that a model's weights are on.</summary>
    public static Device Device(this LanguageModel model) => model.parameters().First().device;

    /// <summary>Classes belong to targets, and input t is target t − 1; nothing is known of the first.</summary>
    private static TokenClass[] OfInputs(TokenClass[] classes, int contextLength)
    {
        var inputs = new TokenClass[classes.Length];
        for (var i = 0; i < classes.Length; i++)
        {
            inputs[i] = i % contextLength == 0 ? TokenClass.Plain : classes[i - 1];
        }

        return inputs;
    }

    private static Tensor Create(long[] ids, TokenBatch batch, Device device) =>
        tensor(ids).view(batch.BatchSize, batch.ContextLength).to(device);
}
