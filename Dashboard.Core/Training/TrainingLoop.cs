using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>The loop of one run: step, measure, evaluate, save, until the steps are done or something ends it.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly RunSpec _spec;
    private readonly TrainingOptions _options;
    private readonly LanguageModel _model;
    private readonly TrainingData _data;
    private readonly CheckpointKeeper _checkpoints;
    private readonly ITrainingObserver _observer;
    private readonly TrainingControl _control;
    private readonly RandomStreams _random;
    private readonly KernelSet _kernels;
    private readonly StepDiagnostics _diagnostics;
    private readonly AdamW _optimizer;
    private readonly Throughput _throughput;
    private readonly StepTimer _timer;
    private readonly Telemetry _telemetry;
    private readonly Device _device;
    private long _step;
    private long _lastEvaluated = -1;
    private double? _evaluationLoss;
    private FiniteStep? _lastFinite;

    public TrainingLoop(
        RunSpec spec, LanguageModel model, TrainingData data, string checkpoints, ITrainingObserver observer, TrainingControl control, TimeProvider time,
        IMachineSource? machine = null)
    {
        (_spec, _options, _model, _data) = (spec, spec.Training, model, data);
        (_observer, _control) = (observer, control);
        _random = new RandomStreams(spec.Seed);
        _kernels = new KernelSet(_options.Precision, _options.Kernels);
        _device = model.Device();
        _optimizer = new AdamW(
            model.named_parameters(), _options.Kernels, _options.Optimizer, name => _options.DecayScope == DecayScope.All || model.Declared[name].Decays, _options.Beta1, _options.Beta2);
        _checkpoints = new CheckpointKeeper(spec, checkpoints, model, _optimizer, observer);
        _diagnostics = new StepDiagnostics(spec, model, _optimizer);
        _throughput = new Throughput(time);
        _timer = new StepTimer(time, countsEveryStep: _options is { DiagnosticsEvery: 1, LogEvery: 1 });
        _telemetry = new Telemetry(_options, machine ?? new ThisMachine(), time);
    }

    public RunOutcome Run()
    {
        Begin();
        while (_step < _options.Steps)
        {
            if (_control.Request is var request and not TrainingRequest.None)
            {
                return End(request);
            }

            if (EvaluationIsDue())
            {
                Evaluate(); // a request may have cut it short, or have come meanwhile
                continue;
            }

            // After the evaluation of the same step, so that the checkpoint knows its loss.
            if (_checkpoints.IsDue(_step) && Save() is { } full)
            {
                return new Paused(_step) { Reason = full };
            }

            if (Step() is { } diverged)
            {
                return diverged;
            }
        }

        while (!Evaluate())
        {
            if (_control.Request is var request and not TrainingRequest.None)
            {
                return End(request);
            }
        }

        return Save() is { } reason ? new Paused(_step) { Reason = reason } : new Completed(_step, _evaluationLoss ?? double.NaN);
    }

    public void Dispose()
    {
        _telemetry.Dispose();
        _optimizer.Dispose();
    }

    private long TokensPerStep => (long)_options.BatchSize * _options.Accumulation * _spec.Shape.ContextLength;

    private void Begin()
    {
        var finding = CausalityProbe.Run(_model, _random);
        var isDeclaredCausal = ModelZoo.Find(_spec.Architecture.Id)!.IsCausal(_spec.Architecture.Options);
        if (_checkpoints.Restore() is { } progress)
        {
            (_step, _lastEvaluated, _evaluationLoss) = (progress.Step, progress.LastEvaluatedStep, progress.EvaluationLoss);
            _throughput.Restore(progress.Elapsed, progress.Tokens);
        }

        var environment = $"{_options.Device}, {_options.ThreadCount} {(_options.ThreadCount == 1 ? "thread" : "threads")}, {TrainingBackend.Version}";
        var started = new Started(_step, _options.Steps, _model.ParameterCount, _model.Vocabulary, _data.Own.Chance, _data.Own.Floor, finding.SeesTheFuture || !isDeclaredCausal, environment);
        _observer.OnEvent(started with { Machine = RunEnvironment.Here(_options) });
        _observer.OnEvent(finding.SeesTheFuture
            ? new Noted(_step, $"The model sees the future: logits at position {finding.FirstPosition} moved by {finding.LargestMove:G3} when later tokens changed.", IsWarning: true)
            : !isDeclaredCausal
            ? new Noted(_step, "The model sees the future with these options; at its initial weights the probe cannot tell.", IsWarning: true)
            : new Noted(_step, $"Causality probe passed; no logit moved by more than {finding.LargestMove:G2}."));
        foreach (var set in _data.Sets)
        {
            foreach (var note in set.Stream.Notes.Append(set.Warning).OfType<string>())
            {
                _observer.OnEvent(new Noted(_step, set.Name == Evaluated.OwnSet ? note : $"{set.Name}: {note}", IsWarning: true));
            }
        }

        _checkpoints.Tell(_step);
    }

    private Diverged? Step()
    {
        using var scope = NewDisposeScope();
        _throughput.StepBegins();
        _model.train();
        var isLogged = (_step + 1) % _options.LogEvery == 0 || _step + 1 == _options.Steps;
        var looksInside = isLogged && (_step == 0 || (_step + 1) % _options.DiagnosticsEvery == 0 || _step + 1 == _options.Steps);
        _timer.Begin(looksInside);
        _diagnostics.Begin(looksInside);
        var (loss, lastInputs) = Gradients();
        var learningRate = LearningRate.At(_options, _step);
        _diagnostics.BeforeUpdate();
        var norm = _optimizer.Step(learningRate, _options.WeightDecay, _options.Clip);
        if (!double.IsFinite(norm) || !double.IsFinite(loss))
        {
            return new Diverged(_step + 1, _lastFinite?.Loss, _model.FirstNonFinite(lastInputs, Context(0, null)) ?? FirstBadGradient()) { LastFinite = _lastFinite };
        }

        _diagnostics.AfterUpdate();
        _optimizer.ClearGradients();
        _timer.Mark(StepPhase.Update);
        _step++;
        _lastFinite = new FiniteStep(_step, loss, norm, learningRate);
        _throughput.StepEnds(TokensPerStep);
        if (isLogged)
        {
            Measure(loss, norm, learningRate, looksInside);
        }

        _timer.Mark(StepPhase.Logging);
        _timer.End(TokensPerStep);
        return null;
    }

    /// <summary>Forward and backward over the step's micro-batches; gradients are those of the mean loss and the scaled auxiliary losses.</summary>
    private (double Loss, Tensor LastInputs) Gradients()
    {
        var total = 0.0;
        var inputs = null as Tensor;
        for (var part = 0; part < _options.Accumulation; part++)
        {
            var draws = _random.Stream(RandomStreams.Data, (_step * _options.Accumulation) + part);
            var batch = _data.Own.TrainingBatch(_options.BatchSize, draws);
            (inputs, var targets) = BatchTensors.Create(batch, _device);
            _timer.Mark(StepPhase.Data);
            var context = Context(part, part == 0 ? _diagnostics.Writer(batch, _device) : null);
            var loss = _model.Loss(inputs, targets, context);
            var whole = _diagnostics.Auxiliary(context.Auxiliary.Means, _step) is { } auxiliary ? loss + auxiliary : loss;
            _timer.Mark(StepPhase.Forward);
            (whole / _options.Accumulation).backward();
            _timer.Mark(StepPhase.Backward);
            total += loss.ToDouble() / _options.Accumulation;
        }

        return (total, inputs!);
    }

    private ForwardContext Context(int part, DiagnosticsWriter? writer) => new(_kernels, training: true)
    {
        Progress = (double)_step / _options.Steps,
        Noise = new NoiseSource(_random, RandomStreams.Noise, (_step * _options.Accumulation) + part),
        Masks = new NoiseSource(_random, RandomStreams.Dropout, (_step * _options.Accumulation) + part),
        Diagnostics = writer,
    };

    private ForwardContext EvaluationContext(DiagnosticsWriter? writer) => new(_kernels, training: false)
    {
        Progress = (double)_step / _options.Steps,
        Noise = new NoiseSource(_random, RandomStreams.Eval, 0),
        Diagnostics = writer,
    };

    private string? FirstBadGradient() => _optimizer.Tensors
        .FirstOrDefault(tensor => tensor.Parameter.grad is { } gradient && !gradient.isfinite().all().ToBoolean())?.Name;

    private void Measure(double loss, double norm, double learningRate, bool looksInside)
    {
        var (machine, busy) = _telemetry.Sample(_step, isLast: _step == _options.Steps);
        _observer.OnEvent(new Measured(_step, _throughput.Tokens,
        [
            new MetricPoint(TrainingMetrics.TrainLoss.Name, _step, loss),
            new MetricPoint(TrainingMetrics.LearningRate.Name, _step, learningRate),
            new MetricPoint(TrainingMetrics.GradientNorm.Name, _step, norm),
            new MetricPoint(TrainingMetrics.TokensPerSecond.Name, _step, _throughput.TakeTokensPerSecond()),
            new MetricPoint(TrainingMetrics.Elapsed.Name, _step, _throughput.Elapsed),
            .. looksInside ? _timer.Take(_step) : [],
            .. machine,
            .. _diagnostics.Points(_step),
        ])
        {
            Snapshots = _diagnostics.Snapshots(_step),
        });
        if (busy is not null)
        {
            _observer.OnEvent(busy);
        }
    }

    private bool EvaluationIsDue() => _options.EvaluateEvery > 0 && _step % _options.EvaluateEvery == 0 && _lastEvaluated != _step;

    /// <summary>Scores the evaluation set; false when a request came in between.</summary>
    private bool Evaluate()
    {
        if (_lastEvaluated == _step && _evaluationLoss is not null)
        {
            return true;
        }

        var all = new List<Evaluated>();
        foreach (var set in _data.Sets)
        {
            if (Evaluator.Run(_model, set, _options.BatchSize, EvaluationContext(null), _step, () => _control.Request != TrainingRequest.None) is not { } scored)
            {
                return false;
            }

            all.Add(scored);
        }

        var evaluated = all[0];
        (_lastEvaluated, _evaluationLoss) = (_step, evaluated.Loss);
        all.Skip(1).ToList().ForEach(_observer.OnEvent);
        var batch = _data.Own.EvaluationBatch(HeldOut.Validation, 0, Math.Min(_options.BatchSize, _options.EvaluationSequences), _options.EvaluationSequences);
        var inspected = _diagnostics.Inspect(batch, EvaluationContext);
        _observer.OnEvent(evaluated with
        {
            Points = [.. evaluated.Points, .. inspected.Points(_step)],
            Snapshots = [.. evaluated.Snapshots, .. inspected.Snapshots(_step)],
        });
        return true;
    }

    private RunOutcome End(TrainingRequest request)
    {
        var reason = Save() ?? "";
        return request == TrainingRequest.Pause ? new Paused(_step) { Reason = reason } : new Stopped(_step) { Reason = reason };
    }

    /// <summary>Saves a checkpoint; a sentence when the disk is full.</summary>
    private string? Save() =>
        _checkpoints.Save(new TrainingProgress(_step, _throughput.Tokens, _throughput.Elapsed, _lastEvaluated) { EvaluationLoss = _evaluationLoss });
}
