using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FirstStep_HasALossNearLnV_AndTheRunCompletes()
    {
        var (outcome, events) = Train(Spec());
        var completed = Assert.IsType<Completed>(outcome);
        Assert.Equal(12, completed.Step);
        Assert.InRange(Losses(events)[0], Math.Log(64) - 0.2, Math.Log(64) + 0.2);
        Assert.Equal([0L, 5, 10, 12], events.OfType<Evaluated>().Select(e => e.Step));
        Assert.Equal(12, events.OfType<Measured>().Count());
        Assert.Equal(12 * 2 * 16, events.OfType<Measured>().Last().Tokens);
        var started = Assert.Single(events.OfType<Started>());
        Assert.False(started.SeesTheFuture);
        var data = SpecValidator.DataOf(Spec());
        Assert.Equal(data.Dataset.Describe(data.Options, data.ContextLength, data.Vocabulary).Chance!.Value, started.Chance, 12);
    }

    [Fact]
    public void SameSpecification_GivesTheSameBits_AndAnotherSeedOthers()
    {
        var first = Losses(Train(Spec(), "a").Events);
        Assert.Equal(first, Losses(Train(Spec(), "b").Events));
        Assert.NotEqual(first, Losses(Train(Spec() with { Seed = 2 }, "c").Events));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(11)]
    public void PausedAndResumed_GivesTheBitsOfAnUninterruptedRun(int pauseAt)
    {
        var (whole, wholeEvents) = Train(SpecWithDropout(), "whole");
        var (outcome, before) = Train(SpecWithDropout(), "parts", (e, control) =>
        {
            if (e is Measured && e.Step == pauseAt)
            {
                control.Ask(TrainingRequest.Pause);
            }
        });
        Assert.Equal(new Paused(pauseAt), outcome);
        var (end, after) = Train(SpecWithDropout(), "parts");
        Assert.Equal(whole, end);
        Assert.Equal(Losses(wholeEvents), Losses(before.Concat(after)));
        Assert.Equal(Weights("whole"), Weights("parts"));
    }

    [Fact]
    public void RunsAtOnce_WithDropout_GiveTheBitsThatEachGivesAlone()
    {
        var specs = new[] { SpecWithDropout(), SpecWithDropout() with { Seed = 2 } };
        var alone = specs.Select((spec, i) => Losses(Train(spec, $"alone {i}").Events)).ToArray();
        var together = new double[2][];
        using var abreast = new Barrier(2);
        var threads = specs.Select((spec, i) => new Thread(() => together[i] = Losses(Train(spec, $"together {i}", (e, _) =>
        {
            if (e is Measured)
            {
                abreast.SignalAndWait(TimeSpan.FromSeconds(30)); // step by step side by side
            }
        }).Events))).ToArray();
        Assert.All(threads, thread => thread.Start());
        Assert.All(threads, thread => thread.Join());
        Assert.Equal(alone, together);
        Assert.NotEqual(alone[0], Losses(Train(Spec(), "without").Events));
    }

    [Fact]
    public void Stopped_SavesACheckpointAndEndsAtOnce()
    {
        var (outcome, events) = Train(Spec(), "stop", (e, control) =>
        {
            if (e is Evaluated { Step: 5 })
            {
                control.Ask(TrainingRequest.Stop);
            }
        });
        Assert.InRange(Assert.IsType<Stopped>(outcome).Step, 5, 6);
        Assert.Equal(outcome.Step, events.OfType<CheckpointSaved>().Last().Step);
    }

    [Fact]
    public void Resume_PassesOverACheckpointThatIsDamagedOrUnfinished()
    {
        var spec = Spec();
        Train(spec with { Training = spec.Training with { CheckpointEvery = 4 } }, "run");
        var folder = _folder.File("run");
        var steps = Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Order();
        Assert.Equal(["step-00000008", "step-00000012"], steps);
        Directory.CreateDirectory(Path.Combine(folder, "step-00000016"));
        Assert.Equal(Path.Combine(folder, "step-00000012"), Checkpoint.FindLatest(folder));
        var model = Path.Combine(folder, "step-00000012", "model.safetensors");
        var bytes = File.ReadAllBytes(model);
        bytes[^1] ^= 1;
        File.WriteAllBytes(model, bytes);
        Assert.Equal(Path.Combine(folder, "step-00000008"), Checkpoint.FindLatest(folder));
        File.Delete(Path.Combine(folder, "step-00000008", "optimizer.safetensors"));
        Assert.Null(Checkpoint.FindLatest(folder));
    }

    [Fact]
    public void AccumulatedStep_LogsTheMeanOfItsParts_EachWithMasksOfItsOwn()
    {
        var spec = SpecWithDropout();
        var both = Losses(Train(spec with { Training = spec.Training with { Accumulation = 2, Steps = 1 } }, "both").Events)[0];
        var stream = DatasetCatalog.Find("sparse_signal")!.Open(_folder.Data, spec.Dataset.Options, 16, 64);
        using var model = ModelZoo.All[0].CreateModel(spec.Shape, 64, spec.Architecture.Options, new RandomStreams(1));
        var parts = new[] { 0, 1 }.Select(part =>
        {
            var context = new ForwardContext(new KernelSet(), training: true) { Masks = new NoiseSource(new RandomStreams(1), RandomStreams.Dropout, part) };
            var (inputs, targets) = BatchTensors.Create(stream.TrainingBatch(2, new RandomStreams(1).Stream(RandomStreams.Data, part)), CPU);
            return (double)model.Loss(inputs, targets, context).item<float>();
        });
        Assert.Equal(parts.Average(), both, 1e-6);
    }

    [Fact]
    public void AuxiliaryLosses_EnterTheGradientWithWeightAndRamp_ButNotTheLoggedLoss()
    {
        var spec = Spec() with { Architecture = new ArchitectureSpec("asr", new AsrOptions { Lambda = 20, AuxWarmup = 8, NoiseStd = 1 }) };
        using var stream = DatasetCatalog.Find("sparse_signal")!.Open(_folder.Data, spec.Dataset.Options, 16, 64);
        using var model = new Asr().CreateModel(spec.Shape, 64, spec.Architecture.Options, new RandomStreams(1));
        var events = new List<TrainingEvent>();
        var (expectedLoss, expectedNorm, normWithout) = (0.0, 0.0, 0.0);
        var observer = new Recorder(events, (e, _) =>
        {
            if (e is Measured { Step: 3 })
            {
                (expectedLoss, expectedNorm) = Step(20 * 3 / 8.0); // the fourth step, which the run takes next
                normWithout = Step(0).Norm;
            }
        });
        using var loop = new TrainingLoop(spec, model, TrainingData.Of(stream, spec.Training.EvaluationSequences), _folder.File("auxiliary"), observer, observer.Control, TimeProvider.System);
        loop.Run();
        var points = events.OfType<Measured>().Single(e => e.Step == 4).Points;
        Assert.Equal(expectedLoss, Value(TrainingMetrics.TrainLoss), 1e-5);
        Assert.Equal(expectedNorm, Value(TrainingMetrics.GradientNorm), 1e-4 * expectedNorm);
        Assert.True(Math.Abs(expectedNorm - normWithout) > 1e-2 * normWithout, $"{expectedNorm} with, {normWithout} without");

        double Value(MetricSpec metric) => points.Single(point => point.Metric == metric.Name).Value;

        (double Loss, double Norm) Step(double weight)
        {
            using var scope = NewDisposeScope();
            var (inputs, targets) = BatchTensors.Create(stream.TrainingBatch(2, new RandomStreams(1).Stream(RandomStreams.Data, 3)), CPU);
            var context = new ForwardContext(new KernelSet(), training: true) { Progress = 0.25, Noise = new NoiseSource(new RandomStreams(1), RandomStreams.Noise, 3) };
            var loss = model.Loss(inputs, targets, context);
            (loss + (Assert.Single(context.Auxiliary.Means).Raw * weight)).backward();
            var norm = Math.Sqrt(model.parameters().Sum(parameter => parameter.grad!.square().sum().ToDouble()));
            model.zero_grad();
            return (loss.ToDouble(), norm);
        }
    }

    [Fact]
    public void LossThatIsNotFinite_EndsTheRunAsDiverged_AndNamesTheLayer()
    {
        var spec = Spec();
        using var stream = DatasetCatalog.Find("sparse_signal")!.Open(_folder.Data, spec.Dataset.Options, 16, 64);
        using var model = ModelZoo.All[0].CreateModel(spec.Shape, 64, spec.Architecture.Options, new RandomStreams(1));
        var events = new List<TrainingEvent>();
        var observer = new Recorder(events, (e, _) =>
        {
            if (e is Measured { Step: 3 })
            {
                using var _1 = no_grad();
                model.named_parameters().First(p => p.name == "layers.1.attn.q.weight").parameter.fill_(double.NaN);
            }
        });
        using var loop = new TrainingLoop(spec, model, TrainingData.Of(stream, spec.Training.EvaluationSequences), _folder.File("diverged"), observer, observer.Control, TimeProvider.System);
        var diverged = Assert.IsType<Diverged>(loop.Run());
        Assert.Equal((4L, "layers.1"), (diverged.Step, diverged.FirstBadLayer));
        Assert.Equal(Losses(events)[^1], diverged.LastFiniteLoss);
    }

    [Fact]
    public void Evaluation_IsStoredPerSequenceAndClass_WhateverTheBatchSize()
    {
        var spec = Spec();
        var small = Train(spec, "small").Events.OfType<Evaluated>().First();
        var large = Train(spec with { Training = spec.Training with { BatchSize = 3 } }, "large").Events.OfType<Evaluated>().First();
        Assert.Equal(small.Sequences.Select(row => (row.Sequence, row.Class, row.Tokens)), large.Sequences.Select(row => (row.Sequence, row.Class, row.Tokens)));
        Assert.All(small.Sequences.Zip(large.Sequences), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-5));
        Assert.Equal([TokenClass.Signal, TokenClass.Noise], small.Sequences.Select(row => row.Class).Distinct().Order());
        Assert.Equal(8, small.Sequences.Select(row => row.Sequence).Distinct().Count());
    }

    [Fact]
    public void Interval_IsTheTIntervalOverSequenceMeans()
    {
        SequenceLoss[] rows = [new(0, TokenClass.Plain, 1, 10), new(1, TokenClass.Plain, 2, 10), new(2, TokenClass.Plain, 3, 5), new(2, TokenClass.Signal, 5, 5)];
        var (loss, low, high) = Evaluator.Summarise(rows);
        Assert.Equal(7.0 / 3, loss, 12);
        // Means 1, 2, 4: deviation √(7/3), t(2, 0.975) = 4.302652730.
        Assert.Equal(7.0 / 3 - (4.302652730 * Math.Sqrt(7.0 / 3 / 3)), low, 8);
        Assert.Equal(7.0 / 3 + (4.302652730 * Math.Sqrt(7.0 / 3 / 3)), high, 8);
    }

    [Fact]
    public void Bfloat16_TrainsCloseToFp32()
    {
        var spec = Spec();
        var exact = Losses(Train(spec, "fp32").Events);
        var rounded = Losses(Train(spec with { Training = spec.Training with { Precision = MatrixPrecision.Bf16 } }, "bf16").Events);
        Assert.NotEqual(exact, rounded);
        Assert.All(exact.Zip(rounded), pair => Assert.Equal(pair.First, pair.Second, 0.05));
    }

    [Fact]
    public void ModeThatSeesTheFuture_IsMarked_EvenWhereInitialWeightsHideIt()
    {
        var hidden = RunSpecReader.Read([new("architecture.id", "smat"), new("architecture.centralityNorm", "seqlen")]).Spec.Architecture;
        var (_, events) = Train(Spec() with { Architecture = hidden });
        Assert.True(Assert.Single(events.OfType<Started>()).SeesTheFuture);
        Assert.Contains(events.OfType<Noted>(), note => note.IsWarning && note.Text.Contains("sees the future", StringComparison.Ordinal));
    }

    private static RunSpec Spec() => RunSpecReader.Read(new Dictionary<string, string>
    {
        ["dataset.id"] = "sparse_signal",
        ["seed"] = "1",
        ["shape.vocabulary"] = "64",
        ["shape.layers"] = "2",
        ["shape.width"] = "16",
        ["shape.ffn"] = "24",
        ["shape.contextLength"] = "16",
        ["training.steps"] = "12",
        ["training.batchSize"] = "2",
        ["training.threads"] = "1",
        ["training.evaluateEvery"] = "5",
        ["training.evaluationSequences"] = "8",
    }).OrThrow();

    private static RunSpec SpecWithDropout() => Spec() with { Architecture = new ArchitectureSpec("gqa", new GqaOptions { Dropout = 0.3 }) };

    private (RunOutcome Outcome, List<TrainingEvent> Events) Train(RunSpec spec, string name = "run", Action<TrainingEvent, TrainingControl>? react = null)
    {
        var events = new List<TrainingEvent>();
        var observer = new Recorder(events, react);
        return (new Trainer(_folder.Data, TimeProvider.System).Run(spec, _folder.File(name), observer, observer.Control), events);
    }

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(Checkpoint.FindLatest(_folder.File(name))!, "model.safetensors"));

    private static double[] Losses(IEnumerable<TrainingEvent> events) =>
        [.. events.OfType<Measured>().Select(e => e.Points.First(point => point.Metric == TrainingMetrics.TrainLoss.Name).Value)];

    private sealed class Recorder(List<TrainingEvent> events, Action<TrainingEvent, TrainingControl>? react) : ITrainingObserver
    {
        public TrainingControl Control { get; } = new();

        public void OnEvent(TrainingEvent trainingEvent)
        {
            events.Add(trainingEvent);
            react?.Invoke(trainingEvent, Control);
        }
    }
}
