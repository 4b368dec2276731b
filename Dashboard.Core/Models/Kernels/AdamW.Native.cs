using TorchSharp.Modules;

namespace Crossbench.Models.Kernels;

public sealed partial class AdamW
{
#if TORCH_SYSTEM
    private static bool HasNative(List<Parameter> parameters) => parameters.TrueForAll(Dashboard.Torch.Fused.Takes);

    private static double NormNative(List<Parameter> parameters) => Dashboard.Torch.Fused.GradientNorm(parameters);

    private void StepNative(OptimisedTensor tensor, double scale, double learningRate, double decay, long updates) =>
        Dashboard.Torch.Fused.AdamW(tensor.Parameter, tensor.Mean, tensor.Variance, scale, learningRate, decay, _beta1, _beta2, Epsilon, updates);
#else
    private static bool HasNative(List<Parameter> parameters) => false;

    private static double NormNative(List<Parameter> parameters) => NormReference(parameters);

    private void StepNative(OptimisedTensor tensor, double scale, double learningRate, double decay, long updates) =>
        StepReference(tensor, scale, learningRate, decay, updates);
#endif
}
