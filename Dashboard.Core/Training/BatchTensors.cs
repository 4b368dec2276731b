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

    /// <summary>Device that a model's weights are on.</summary>
    public static Device Device(this LanguageModel model) => model.parameters().First().device;

    private static Tensor Create(long[] ids, TokenBatch batch, Device device) =>
        tensor(ids).view(batch.BatchSize, batch.ContextLength).to(device);
}
