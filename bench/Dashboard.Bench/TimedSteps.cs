using System.Diagnostics;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Bench;

/// <summary>Whole training steps of one model on random tokens, timed one by one.</summary>
internal sealed class TimedSteps : IDisposable
{
    private readonly LanguageModel _model;
    private readonly AdamW _optimizer;
    private readonly ModelShape _shape;
    private readonly int _vocabulary;
    private readonly int _batchSize;
    private RandomSequence _draws = new RandomStreams(0).Stream(RandomStreams.Data);
    private long _step;

    public TimedSteps(Architecture architecture, ModelShape shape, int vocabulary, int batchSize)
    {
        (_shape, _vocabulary, _batchSize) = (shape, vocabulary, batchSize);
        _model = architecture.CreateModel(shape, vocabulary, architecture.Defaults, new RandomStreams(0));
        _optimizer = new AdamW(_model.named_parameters(), KernelChoice.Fused);
    }

    /// <summary>Runs steps and returns their times in milliseconds.</summary>
    public List<double> Run(int steps)
    {
        var times = new List<double>();
        for (var i = 0; i < steps; i++, _step++)
        {
            using var scope = NewDisposeScope();
            var (tokens, targets) = (Draw(), Draw());
            var began = Stopwatch.GetTimestamp();
            var random = new RandomStreams(0);
            var context = new ForwardContext(new KernelSet(), training: true)
            {
                Progress = 0.5,
                Noise = new NoiseSource(random, RandomStreams.Noise, _step),
                Masks = new NoiseSource(random, RandomStreams.Dropout, _step),
            };
            var loss = _model.Loss(tokens, targets, context);
            context.Auxiliary.Means.Aggregate(loss, (sum, item) => sum + (item.Raw * item.Term.Weight)).backward();
            _optimizer.Step(1e-3, 0.1, 1);
            _optimizer.ClearGradients();
            loss.ToDouble();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return times;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    public static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private Tensor Draw()
    {
        var ids = new long[_batchSize * _shape.ContextLength];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = _draws.NextInt32(_vocabulary);
        }

        return tensor(ids).view(_batchSize, _shape.ContextLength);
    }
}
