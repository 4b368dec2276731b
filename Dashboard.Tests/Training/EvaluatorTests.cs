using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Training;

/// <summary>Accuracy and exact match against a count over all logits.</summary>
public sealed class EvaluatorTests : IDisposable
{
    private const int Rows = 21;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rule_conflict", "dataset.examples=1 dataset.alphabet=2 dataset.shortest=1 dataset.longest=2")]
    [InlineData("copy_delay", "dataset.stringLength=2 dataset.alphabet=2")]
    [InlineData("mqar", "dataset.pairs=2 dataset.queries=4 dataset.values=2")]
    [InlineData("sparse_signal", "shape.vocabulary=8")]
    [InlineData("ramp", "shape.vocabulary=8")]
    public void AccuracyAndExactMatch_AreShares_AsCountedOneByOne(string dataset, string settings)
    {
        var spec = Spec(dataset, settings);
        var events = new List<TrainingEvent>();
        var control = new TrainingControl();
        using var data = TrainingData.Open(_folder.Data, spec, SpecValidator.VocabularyOf(spec));
        using var model = ModelZoo.Find("gqa")!.CreateModel(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options, new RandomStreams(3));
        using var loop = new TrainingLoop(spec, model, data, _folder.File("run"), new Recorder(events), control, TimeProvider.System);
        loop.Run();
        var points = events.OfType<Evaluated>().Last(e => e.Set == Evaluated.OwnSet).Points;
        var (accuracy, exact) = ByLoops(model, data.Own, HeldOut.Validation, Rows);
        Assert.Equal(accuracy, points.Single(point => point.Metric == TrainingMetrics.EvalAccuracy.Name).Value, 12);
        Assert.Equal(exact is { } share ? [share] : [], points.Where(point => point.Metric == TrainingMetrics.ExactMatch.Name).Select(point => point.Value));
        Assert.Equal(dataset is "sparse_signal" or "ramp", exact is null);
        Assert.InRange(accuracy, dataset == "sparse_signal" ? 0.05 : 0.4, 1);

        // The test split as a further evaluation, under names of its own.
        var further = events.OfType<Evaluated>().Last(e => e.Set == "kept").Points.ToDictionary(point => point.Metric, point => point.Value);
        (accuracy, exact) = ByLoops(model, data.Sets[1].Stream, HeldOut.Test, 5);
        Assert.Equal(accuracy, further["eval.accuracy/kept"], 12);
        Assert.Equal(exact is not null, further.ContainsKey("eval.exactMatch/kept"));
        Assert.Equal(exact ?? 0, further.GetValueOrDefault("eval.exactMatch/kept"), 12);
        Assert.Subset(TrainingMetrics.Of(spec).Select(metric => metric.Name).ToHashSet(), further.Keys.ToHashSet());
    }

    /// <summary>Every counted target compared with all logits of its position, sequence by sequence.</summary>
    private static (double Accuracy, double? Exact) ByLoops(LanguageModel model, TokenStream stream, HeldOut split, int rows)
    {
        var (right, all, exact, answered) = (0, 0, 0, 0);
        for (var row = 0; row < rows; row++)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var batch = stream.EvaluationBatch(split, row, 1, rows);
            var logits = TinyModels.Values(model.call(tensor(Array.ConvertAll(batch.Inputs, id => (long)id)).view(1, -1), new ForwardContext(new KernelSet(), training: false)));
            var (whole, answers) = (true, 0);
            foreach (var i in Enumerable.Range(0, 16).Where(i => batch.Counted![i]))
            {
                var own = logits[(i * model.Vocabulary) + batch.Targets[i]];
                var isRight = Enumerable.Range(0, model.Vocabulary).Count(v => logits[(i * model.Vocabulary) + v] >= own) == 1;
                (right, all) = (right + (isRight ? 1 : 0), all + 1);
                if (batch.Classes![i] == TokenClass.Answer)
                {
                    (whole, answers) = (whole && isRight, answers + 1);
                }
            }

            answered += answers > 0 ? 1 : 0;
            exact += answers > 0 && whole ? 1 : 0;
        }

        return (right / (double)all, answered == 0 ? null : exact / (double)answered);
    }

    private static RunSpec Spec(string dataset, string settings) => RunSpecReader.Read(
    [
        new("architecture.id", "gqa"), new("dataset.id", dataset), new("shape.layers", "2"), new("shape.width", "16"), new("shape.ffn", "24"), new("shape.contextLength", "16"),
        new("training.steps", "40"), new("training.learningRate", "0.01"), new("training.batchSize", "4"), new("training.threads", "1"), new("training.evaluateEvery", "0"),
        new("training.evaluationSequences", $"{Rows}"), new("evaluations", "(split=test; name=kept; sequences=5)"), .. settings.Split(' ').Select(item => item.Split('=')).Select(item => KeyValuePair.Create(item[0], item[1])),
    ]).OrThrow();

    private sealed class Recorder(List<TrainingEvent> events) : ITrainingObserver
    {
        public void OnEvent(TrainingEvent trainingEvent) => events.Add(trainingEvent);
    }
}
