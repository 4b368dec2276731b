using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

[Collection(nameof(ProcessWide))]
public sealed class LifetimeTests
{
    [Fact]
    public void Tensor_MadeInAScope_DiesWithIt()
    {
        Tensor inner;
        using (var scope = NewDisposeScope())
        {
            inner = zeros(3);
            Assert.Equal(1, scope.DisposablesCount);
            Assert.False(inner.IsInvalid);
        }

        Assert.True(inner.IsInvalid);
        Assert.Throws<ObjectDisposedException>(() => inner.add(1));
    }

    [Fact]
    public void Tensor_MovedToTheOuterScope_DiesWithThatOne()
    {
        Tensor moved;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                moved = zeros(3).MoveToOuterDisposeScope();
                Assert.Equal(0, inner.DisposablesCount);
            }

            Assert.False(moved.IsInvalid);
            Assert.Equal(1, outer.DisposablesCount);
        }

        Assert.True(moved.IsInvalid);
    }

    [Fact]
    public void Tensor_DetachedOrMovedOutOfTheLastScope_LivesOn()
    {
        Tensor detached;
        Tensor moved;
        using (NewDisposeScope())
        {
            detached = zeros(3).DetachFromDisposeScope();
            moved = zeros(3).MoveToOuterDisposeScope();
        }

        Assert.Equal(3, detached.numel() * moved.numel() / 3);
        detached.Dispose();
        moved.Dispose();
    }

    [Fact]
    public void Tensors_MovedOrDetachedThroughTheirScope_LeaveItAlone()
    {
        using var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        var (a, b, c, d) = (zeros(1), zeros(1), zeros(1), zeros(1));
        inner.MoveToOuter(a, b);
        inner.Detach(c);
        inner.Dispose();
        Assert.Equal((false, false, false, true), (a.IsInvalid, b.IsInvalid, c.IsInvalid, d.IsInvalid));
        outer.Attach(c);
        Assert.Equal(3, outer.DisposablesCount);
    }

    [Fact]
    public void MoveToOther_AndUnscoped_ChangeTheOwner()
    {
        using var first = NewDisposeScope();
        var anchor = zeros(1);
        using var second = NewDisposeScope();
        var tensor = zeros(1).MoveToOtherDisposeScope(anchor);
        Assert.Equal((2, 0), (first.DisposablesCount, second.DisposablesCount));
        tensor.MoveToOtherDisposeScope(second);
        Assert.Equal((1, 1), (first.DisposablesCount, second.DisposablesCount));
        tensor.MoveToOtherDisposeScope((DisposeScope?)null);
        Assert.Equal(0, second.DisposablesCount);
        tensor.Dispose();
    }

    [Fact]
    public void Dispose_InsideAScope_LeavesTheOthersInTheirPlaces()
    {
        using var scope = NewDisposeScope();
        var tensors = Enumerable.Range(0, 10).Select(i => tensor((double)i)).ToList();
        foreach (var i in new[] { 0, 9, 4, 5 })
        {
            tensors[i].Dispose();
            tensors[i].Dispose();
        }

        Assert.Equal(6, scope.DisposablesCount);
        Assert.Equal([1, 2, 3, 6, 7, 8], tensors.Where(t => !t.IsInvalid).Select(t => t.item<double>()));
        tensors[8].MoveToOuterDisposeScope().Dispose();
        Assert.Equal(5, scope.DisposablesCount);
    }

    [Fact]
    public void Scope_DisposedBeforeAnInnerOne_LeavesThatOneCurrent()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        var tensor = zeros(1);
        Assert.Equal(1, inner.DisposablesCount);
        inner.Dispose();
        Assert.True(tensor.IsInvalid);
        using var free = zeros(1);
        Assert.Equal(0, inner.DisposablesCount);
    }

    [Fact]
    public void Scopes_OfTwoThreads_DoNotMix()
    {
        using var scope = NewDisposeScope();
        var thread = new Thread(() => zeros(1).Dispose());
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void WrappedTensorDisposeScope_GivesOnlyTheResultOut()
    {
        using var scope = NewDisposeScope();
        var result = WrappedTensorDisposeScope(() => (zeros(3) + 1) * 2);
        Assert.Equal(1, scope.DisposablesCount);
        Assert.Equal(6, result.sum().item<float>());
    }

    [Fact]
    public void Failure_OfLibtorch_NamesTheOperationAndTheReason()
    {
        using var scope = NewDisposeScope();
        var exception = Assert.Throws<ExternalException>(() => zeros(2, 3).matmul(zeros(2, 3)));
        Assert.StartsWith("matmul: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("2x3", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ExternalException>(() => zeros(2).add_(zeros(3)));
        Assert.Throws<ExternalException>(() => zeros(2, 3).split([1, 1], 1));
        Assert.Throws<ExternalException>(() => zeros(2).max(4));
        Assert.Throws<ExternalException>(() => zeros(2).size(3));
        Assert.Equal(3, zeros(2).dim() + zeros(2, 2).dim());
    }

    [Fact]
    public void UnsafeCreateTensor_OfZero_IsRefused() => Assert.Throws<ArgumentException>(() => Tensor.UnsafeCreateTensor(0));

    [Fact]
    public void NativeMemory_OverManySteps_StaysLevel()
    {
        static void Step()
        {
            using var scope = NewDisposeScope();
            var weight = randn([256, 256], requires_grad: true);
            var loss = nn.functional.silu(randn(256, 256).matmul(weight)).square().mean();
            loss.backward();
            Assert.Equal(2, weight.grad!.ndim);
        }

        for (var i = 0; i < 50; i++)
        {
            Step();
        }

        var (tensors, bytes) = (Dashboard.Torch.TorchRuntime.LiveTensors, Dashboard.Torch.TorchRuntime.ResidentBytes);
        for (var i = 0; i < 500; i++)
        {
            Step();
        }

        // 500 steps that kept one matrix each would add 128 MB.
        Assert.InRange(Dashboard.Torch.TorchRuntime.ResidentBytes - bytes, long.MinValue, 32L << 20);
        Assert.InRange(Dashboard.Torch.TorchRuntime.LiveTensors - tensors, long.MinValue, 1000);
    }

    [Fact]
    public void Tensor_OutsideAnyScope_IsFreedWithItsObject()
    {
        static void Drop()
        {
            for (var i = 0; i < 100; i++)
            {
                zeros(1000);
            }
        }

        var before = Tensor.TotalCount;
        Drop();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Tensor.TotalCount - before, long.MinValue, 50);
    }
}
