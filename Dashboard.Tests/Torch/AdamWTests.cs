using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

public sealed class AdamWTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(0.1, false, false)]
    [InlineData(0.1, true, false)]
    [InlineData(0.1, false, true)]
    public void Steps_InDouble_EqualTheSlowForm(double decay, bool amsgrad, bool maximize)
    {
        var start = Nd.Random(1, -1, 1, 6);
        var parameter = new Parameter(start.ToTensor(ScalarType.Float64));
        using var optimizer = optim.AdamW([parameter], 0.05, 0.8, 0.95, 1e-6, decay, amsgrad, maximize);
        var slow = new SlowAdamW(start.Data, 0.05, 0.8, 0.95, 1e-6, decay, amsgrad, maximize);
        for (var step = 0; step < 20; step++)
        {
            // The gradients shrink, so that amsgrad keeps an older maximum.
            var gradient = Nd.Random(step, -1, 1, 6).Map(g => g / (1 + step));
            parameter.grad = gradient.ToTensor(ScalarType.Float64);
            optimizer.step();
            slow.Step(gradient.Data);
            Assert.All(slow.Values.Zip(parameter.data<double>()), p => Assert.Equal(p.First, p.Second, 1e-13));
        }
    }

    [Fact]
    public void Groups_WithTheirOwnSettings_AreStepsApart()
    {
        var (decayed, plain) = (new Parameter(ones(3)), new Parameter(ones(3)));
        using var optimizer = optim.AdamW([new AdamW.ParamGroup([decayed], lr: 0.1, weight_decay: 0.5), new AdamW.ParamGroup([plain], new AdamW.Options { weight_decay = 0 })], lr: 0.2);
        (decayed.grad, plain.grad) = (zeros(3), zeros(3));
        optimizer.step();
        Assert.Equal((0.95f, 1f), (decayed[0].item<float>(), plain[0].item<float>()));
        Assert.Equal([0.1, 0.2], optimizer.ParamGroups.Select(g => g.LearningRate));
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = 0;
        }

        optimizer.step();
        Assert.Equal(0.95f, decayed[0].item<float>());
        Assert.Equal(2, optimizer.parameters().Count());
    }

    [Fact]
    public void Parameter_WithoutAGradient_StaysAndCountsNoStep()
    {
        var (idle, busy) = (new Parameter(ones(1, ScalarType.Float64)), new Parameter(ones(1, ScalarType.Float64)));
        using var optimizer = optim.AdamW([("idle", idle), ("busy", busy)], 0.1, weight_decay: 0.1);
        busy.grad = ones(1, ScalarType.Float64);
        optimizer.step();
        Assert.Equal(1, idle.item<double>());
        idle.grad = ones(1, ScalarType.Float64);
        optimizer.step();
        Assert.Equal(1 - 0.01 - 0.1, idle.item<double>(), 1e-8);
    }

    [Fact]
    public void State_SavedAndLoaded_ContinuesToTheSameBits()
    {
        static (Parameter, AdamW) Make()
        {
            var parameter = new Parameter(ones(4));
            return (parameter, optim.AdamW([parameter], 0.1, weight_decay: 0.1));
        }

        static void Train(Parameter parameter, AdamW optimizer, int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                parameter.grad = Nd.Random(i, -1, 1, 4).ToTensor(ScalarType.Float32);
                optimizer.step();
            }
        }

        var (straight, straightOptimizer) = Make();
        Train(straight, straightOptimizer, 0, 10);
        var (first, firstOptimizer) = Make();
        Train(first, firstOptimizer, 0, 5);
        var stream = new MemoryStream();
        firstOptimizer.save_state_dict(new BinaryWriter(stream));
        var (second, secondOptimizer) = Make();
        using (no_grad())
        {
            second.copy_(first);
        }

        stream.Position = 0;
        secondOptimizer.load_state_dict(new BinaryReader(stream));
        Train(second, secondOptimizer, 5, 10);
        Assert.Equal(straight.data<float>().ToArray(), second.data<float>().ToArray());
    }

    [Fact]
    public void State_OfAnotherModel_IsRefused()
    {
        var stream = new MemoryStream();
        optim.AdamW([new Parameter(ones(4))]).save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => optim.AdamW([new Parameter(ones(5))]).load_state_dict(new BinaryReader(stream)));
    }

    [Fact]
    public void Settings_OutOfRange_AreRefused()
    {
        var parameters = new[] { new Parameter(ones(1)) };
        Assert.Throws<ArgumentException>(() => optim.AdamW(parameters, lr: -1));
        Assert.Throws<ArgumentException>(() => optim.AdamW(parameters, beta1: 1));
        Assert.Throws<ArgumentException>(() => optim.AdamW(parameters, beta2: double.NaN));
        Assert.Throws<ArgumentException>(() => optim.AdamW(parameters, weight_decay: -0.1));
        Assert.Throws<ArgumentException>(() => optim.AdamW([parameters[0], parameters[0]]));
    }

    [Fact]
    public void Closure_IsEvaluatedWithGradients_AndReturned()
    {
        var parameter = new Parameter(ones(1));
        using var optimizer = optim.AdamW([parameter], 0.1);
        using var noGrad = no_grad();
        var loss = optimizer.step(() =>
        {
            optimizer.zero_grad();
            var value = parameter.square().sum();
            value.backward();
            return value;
        });
        Assert.Equal((1f, 0.9f), (loss!.item<float>(), (float)Math.Round(parameter.item<float>(), 5)));
        optimizer.zero_grad();
        Assert.Equal(0, parameter.grad!.item<float>());
    }

    [Fact]
    public void ClipGradNorm_OverSeveralParameters_ScalesTogether()
    {
        var (a, b, idle) = (new Parameter(zeros(2)), new Parameter(zeros(1)), new Parameter(zeros(1)));
        (a.grad, b.grad) = (tensor(new[] { 3f, 0 }), tensor(new[] { 4f }));
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, idle], 10), 1e-6);
        Assert.Equal(3, a.grad[0].item<float>());
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, idle], 1), 1e-6);
        Assert.Equal((0.6, 0.8), (a.grad[0].item<float>(), b.grad[0].item<float>()), (x, y) => Math.Abs(x.Item1 - y.Item1) + Math.Abs(x.Item2 - y.Item2) < 1e-5);
        nn.utils.clip_grad_value_([a, b, idle], 0.5);
        Assert.Equal(0.5f, b.grad[0].item<float>());
        Assert.Equal(0, nn.utils.clip_grad_norm_([idle], 1));
    }

    /// <summary>Adam with decoupled weight decay, written from the paper, one number at a time.</summary>
    private sealed class SlowAdamW(double[] start, double rate, double beta1, double beta2, double epsilon, double decay, bool amsgrad, bool maximize)
    {
        private readonly double[] _first = new double[start.Length];
        private readonly double[] _second = new double[start.Length];
        private readonly double[] _largest = new double[start.Length];
        private int _steps;

        internal double[] Values { get; } = [.. start];

        internal void Step(double[] gradient)
        {
            _steps++;
            for (var i = 0; i < Values.Length; i++)
            {
                var g = maximize ? -gradient[i] : gradient[i];
                _first[i] = (beta1 * _first[i]) + ((1 - beta1) * g);
                _second[i] = (beta2 * _second[i]) + ((1 - beta2) * g * g);
                _largest[i] = Math.Max(_largest[i], _second[i]);
                var mean = _first[i] / (1 - Math.Pow(beta1, _steps));
                var square = (amsgrad ? _largest[i] : _second[i]) / (1 - Math.Pow(beta2, _steps));
                Values[i] -= rate * ((mean / (Math.Sqrt(square) + epsilon)) + (decay * Values[i]));
            }
        }
    }
}
