using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Support;

/// <summary>Compares gradients with central finite differences in fp64.</summary>
internal static class GradientCheck
{
    private const double Epsilon = 1e-6;

    private const int Directions = 3;

    /// <summary>Checks random directions over all parameters, and some entries of each tensor. A parameter without a gradient must not move the loss.</summary>
    public static void Run(nn.Module model, Func<Tensor> loss, int entriesPerTensor)
    {
        model.zero_grad();
        loss().backward();
        using var _ = no_grad();
        var draws = new RandomStreams(11).Stream("gradient check");
        foreach (var (name, parameter) in model.named_parameters())
        {
            var flat = parameter.view(-1);
            var gradient = (parameter.grad ?? zeros_like(parameter)).contiguous().view(-1);
            var count = parameter.numel();
            for (var i = 0; i < entriesPerTensor && i < count; i++)
            {
                var entry = entriesPerTensor >= count ? i : draws.NextInt64(count);
                var slot = flat.narrow(0, entry, 1);
                var expected = Difference(loss, step => slot.add_(step));
                var found = gradient[entry].ToDouble();
                Assert.True(Math.Abs(expected - found) <= 1e-8 + (1e-5 * Math.Abs(expected)), $"{name}[{entry}]: finite difference {expected}, gradient {found}");
            }
        }

        using var generator = new Generator(12);
        for (var i = 0; i < Directions; i++)
        {
            CheckDirection(model, loss, generator);
        }
    }

    private static void CheckDirection(nn.Module model, Func<Tensor> loss, Generator generator)
    {
        var directions = model.parameters().Select(parameter => randn(parameter.shape, dtype: parameter.dtype, generator: generator)).ToArray();
        var slope = model.parameters().Zip(directions, (parameter, direction) => parameter.grad is null ? 0 : (parameter.grad * direction).sum().ToDouble()).Sum();
        var along = Difference(loss, step =>
        {
            foreach (var (parameter, direction) in model.parameters().Zip(directions))
            {
                parameter.add_(direction, step);
            }
        });
        Assert.InRange(along, slope - 1e-7 - (1e-5 * Math.Abs(slope)), slope + 1e-7 + (1e-5 * Math.Abs(slope)));
    }

    private static double Difference(Func<Tensor> loss, Action<double> move)
    {
        using var scope = NewDisposeScope();
        move(Epsilon);
        var above = loss().ToDouble();
        move(-2 * Epsilon);
        var below = loss().ToDouble();
        move(Epsilon);
        return (above - below) / (2 * Epsilon);
    }
}
