using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

/// <summary>What every architecture says about itself: operations, diagnostics, ablation points, its options as JSON, its weights as a file.</summary>
public sealed class ModelReportTests
{
    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void Flops_AreThoseOfTheMatrixProducts_WithinOnePercent(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var item = ModelCases.Find(name);
        var shape = item.Shape with { Width = 64, Ffn = 96, ContextLength = 64 };
        using var model = item.Architecture.CreateModel(shape, 23, item.Options, new RandomStreams(1));
        var cost = item.Cost(shape);
        foreach (var training in new[] { false, true })
        {
            var count = new FlopCount();
            model.train(training);
            model.call(TinyModels.Tokens(2, 64), new ForwardContext(new KernelSet { Count = count }, training));
            var formula = cost.ForwardFlops + (training ? cost.TrainingOnlyFlops : 0);
            Assert.InRange(count.Total / (2 * 64), formula * (1 - item.FlopTolerance), formula * (1 + item.FlopTolerance));
        }
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void DiagnosticsWritten_AreThoseDeclared(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        using var model = item.Create(type: ScalarType.Float32);
        var tokens = TinyModels.Tokens(2, 13);
        var (signal, noise) = (tokens < 8, tokens > 12);
        var declared = item.Architecture.Diagnostics(item.Options);
        var step = new DiagnosticsWriter(declared, atEvaluation: false, signal, noise);
        var context = ModelCase.Training(step);
        model.Loss(tokens, tokens, context);
        var evaluation = new DiagnosticsWriter(declared, atEvaluation: true, signal, noise);
        model.eval();
        model.call(tokens, TinyModels.Writing(evaluation));
        var points = step.Points(1).Concat(evaluation.Points(1)).ToArray();
        Assert.All(points, point => Assert.True(double.IsFinite(point.Value), point.Metric));
        var written = points.Select(point => point.Metric)
            .Concat(step.Snapshots(1).Concat(evaluation.Snapshots(1)).Select(snapshot => snapshot.Metric))
            .Concat(context.Auxiliary.Means.SelectMany(mean => AuxiliaryTerm.Metrics(mean.Term.Name, "", "").Select(metric => metric.Name)));
        var names = written.Select(metric => metric.StartsWith("layer", StringComparison.Ordinal) ? metric[(metric.IndexOf('.', StringComparison.Ordinal) + 1)..] : metric);
        Assert.Equal(declared.Select(metric => metric.Name).Except(item.NotWritten).Order(), names.Distinct().Order());
        Assert.All(declared, metric => Assert.True(metric.Help.Length > 10 && metric.Label.Length > 2, metric.Name));
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void Diagnostics_DoNotMoveTheLoss(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        using var model = item.Create(type: ScalarType.Float32);
        using var twin = item.Create(type: ScalarType.Float32); // of its own, since a training pass may move buffers
        var tokens = TinyModels.Tokens(2, 13);
        var writer = new DiagnosticsWriter(item.Architecture.Diagnostics(item.Options), atEvaluation: false);
        Assert.Equal(model.Loss(tokens, tokens, ModelCase.Training()).ToDouble(), twin.Loss(tokens, tokens, ModelCase.Training(writer)).ToDouble());
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void AblationPoints_AreThoseDeclared_AndMoveTheLogits(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var item = ModelCases.Find(name);
        using var model = item.Create();
        model.eval();
        var tokens = TinyModels.Tokens(2, 13);
        var plain = model.call(tokens, TinyModels.Evaluating);
        var asked = new HashSet<string>();
        foreach (var point in item.Architecture.AblationPoints(item.Options))
        {
            var same = Ablated(model, tokens, point.Component, new Intervention.Scale(1), asked);
            Assert.Equal(0, TinyModels.Distance(plain, same));
            var moved = TinyModels.Distance(plain, Ablated(model, tokens, point.Component, new Intervention.Scale(0.5), asked));
            Assert.True(item.WithoutEffect.Contains(point.Component) ? moved < 1e-9 : moved > 1e-9, $"{point.Component} moved the logits by {moved}");
            Assert.All(point.Weights, weight => Assert.Contains(model.state_dict().Keys, key => key.EndsWith("." + weight, StringComparison.Ordinal)));
        }

        Assert.Equal(item.Architecture.AblationPoints(item.Options).Select(point => point.Component).Order(), asked.Order());
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void Options_SurviveJson(string name)
    {
        var item = ModelCases.Find(name);
        var spec = RunSpecReader.Read([new("architecture.id", item.Architecture.Id)]).Spec;
        spec = spec with { Architecture = new ArchitectureSpec(item.Architecture.Id, item.Options) };
        Assert.Equal(spec.Architecture, RunSpecJson.Read(RunSpecJson.Write(spec)).Architecture);
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void Weights_SurviveAFile_ToTheBit(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        var item = ModelCases.Find(name);
        var path = Path.Combine(folder.Path, "model.safetensors");
        using var saved = item.Create(type: ScalarType.Float32);
        using var loaded = item.Create(type: ScalarType.Float32, seed: 2);
        WeightFile.Save(path, saved);
        WeightFile.Load(path, loaded);
        var tokens = TinyModels.Tokens(2, 13);
        saved.eval();
        loaded.eval();
        Assert.Equal(0, TinyModels.Distance(saved.call(tokens, TinyModels.Evaluating), loaded.call(tokens, TinyModels.Evaluating)));
    }

    [Fact]
    public void EveryArchitecture_OpensOnTheWorkbenchSize_WithoutProblems()
    {
        foreach (var architecture in ModelZoo.All)
        {
            var reading = RunSpecReader.Read([new("architecture.id", architecture.Id)]);
            Assert.Empty(reading.Problems);
            var shape = architecture.DefaultShape;
            Assert.Equal((8, 128, 4, 2, 384, 128), (shape.Layers, shape.Width, shape.Heads, shape.KvHeads, shape.Ffn, shape.ContextLength));
        }
    }

    [Fact]
    public void EveryPreset_IsValid()
    {
        Assert.All(ModelZoo.All.SelectMany(architecture => architecture.Presets.Select(preset => (architecture, preset))), item =>
            Assert.Empty(RunSpecReader.ReadModel([new("architecture.id", item.architecture.Id), .. item.preset.Settings], 256).Problems.Select(problem => problem.ToString())));
    }

    private static Tensor Ablated(LanguageModel model, Tensor tokens, string component, Intervention intervention, HashSet<string> asked)
    {
        var plan = new AblationPlan([new Ablation(component, intervention)], new RandomStreams(1));
        var logits = model.call(tokens, new ForwardContext(new KernelSet(), training: false) { Ablations = plan });
        asked.UnionWith(plan.Asked);
        return logits;
    }
}
