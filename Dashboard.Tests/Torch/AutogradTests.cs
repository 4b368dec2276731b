using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

public sealed class AutogradTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Backward_Twice_AddsGradients()
    {
        var x = tensor(new[] { 1.0, 2 }, requires_grad: true);
        x.square().sum().backward();
        x.square().sum().backward();
        Assert.Equal([4, 8], x.grad!.data<double>().ToArray());
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Backward_WithGradientAndKeptGraph_RunsAgain()
    {
        var x = tensor(new[] { 1.0, 2 }).requires_grad_();
        var y = x.square();
        y.backward([tensor(new[] { 1.0, 10 })], retain_graph: true);
        autograd.backward(y, tensor(new[] { 1.0, 0 }), retain_graph: true);
        autograd.backward([y], [tensor(new[] { 0.0, 1 })], inputs: [x]);
        Assert.Equal([4, 44], x.grad!.data<double>().ToArray());
        Assert.Throws<ExternalException>(() => y.sum().backward());
    }

    [Fact]
    public void Grad_OfAGradient_GivesTheSecondDerivative()
    {
        var x = tensor(new[] { 2.0, 3 }).requires_grad_();
        var first = autograd.grad([x.pow(3).sum()], [x], retain_graph: true, create_graph: true)[0];
        var second = autograd.grad([first.sum()], [x])[0];
        Assert.Equal([12, 18], second.data<double>().ToArray());
        Assert.Null(x.grad);
    }

    [Fact]
    public void Grad_OfAnUnusedInput_IsNullOnlyWhenAllowed()
    {
        var (x, unused) = (tensor(2.0).requires_grad_(), tensor(2.0).requires_grad_());
        Assert.Null(autograd.grad([x * x], [unused], allow_unused: true)[0]);
        Assert.Throws<ExternalException>(() => autograd.grad([x * x], [unused]));
    }

    [Fact]
    public void GradMode_InScopes_IsPutBack()
    {
        var x = tensor(2.0).requires_grad_();
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * x).requires_grad);
            using (enable_grad())
            {
                Assert.True((x * x).requires_grad);
            }

            using (set_grad_enabled(true))
            {
                Assert.True(is_grad_enabled());
            }

            Assert.False(is_grad_enabled());
        }

        using (inference_mode())
        {
            Assert.False((x * x).requires_grad);
        }

        Assert.True((x * x).requires_grad);
        Assert.False((x * x).detach().requires_grad);
        Assert.False((x * x).is_leaf);
    }

    [Fact]
    public void GradMode_OfAnotherThread_IsItsOwn()
    {
        using var noGrad = no_grad();
        var other = false;
        var thread = new Thread(() => other = is_grad_enabled());
        thread.Start();
        thread.Join();
        Assert.True(other);
    }
}
