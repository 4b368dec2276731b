using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class AdamW
{
    private static double NormReference(List<Parameter> parameters)
    {
        var squares = parameters.Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.to(ScalarType.Float64).square().sum()).ToArray();
        return squares.Length == 0 ? 0 : stack(squares).sum().sqrt().ToDouble();
    }

    private void StepReference(OptimisedTensor tensor, double scale, double learningRate, double decay, long updates)
    {
        if (tensor.Parameter.grad is not { } gradient)
        {
            return;
        }

        var scaled = gradient * scale;
        if (_kind == OptimizerKind.AdamW)
        {
            tensor.Parameter.mul_(1 - (learningRate * decay));
        }
        else if (decay > 0)
        {
            scaled = scaled + (tensor.Parameter * decay);
        }

        tensor.Mean.mul_(_beta1).add_(scaled, 1 - _beta1);
        tensor.Variance.mul_(_beta2).addcmul_(scaled, scaled, 1 - _beta2);
        var correction = Math.Sqrt(1 - Math.Pow(_beta2, updates));
        var denominator = tensor.Variance.sqrt().div_(correction).add_(Epsilon);
        tensor.Parameter.addcdiv_(tensor.Mean, denominator, -learningRate / (1 - Math.Pow(_beta1, updates)));
    }
}
