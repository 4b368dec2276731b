using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Training;

/// <summary>Further evaluations in a specification: how they are written, what is refused, and what a run makes of them.</summary>
public sealed class EvaluationListTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OwnDataset_StartsFromTheRunsOptions_OthersFromTheirDefaults()
    {
        var spec = Read("(signalRatio=0.05), sparse_signal(motifSeed=9; contextLength=64; sequences=8; name=far), ramp(split=test)").OrThrow();
        Assert.Equal(["signalRatio=0.05", "far", "ramp split=test"], spec.Evaluations.Select(item => item.Name));
        Assert.Equal(new SparseSignalOptions { SignalRatio = 0.05, MotifSeed = 3 }, spec.Evaluations[0].Dataset.Options);
        Assert.Equal((new SparseSignalOptions { SignalRatio = 0.5, MotifSeed = 9 }, 64, 8), ((SparseSignalOptions)spec.Evaluations[1].Dataset.Options, spec.Evaluations[1].ContextLength, spec.Evaluations[1].Sequences));
        Assert.Equal((new RampOptions(), HeldOut.Test, null), ((RampOptions)spec.Evaluations[2].Dataset.Options, spec.Evaluations[2].Split, spec.Evaluations[2].ContextLength));
    }

    [Theory]
    [InlineData("")]
    [InlineData("(signalRatio=0.05), sparse_signal(motifSeed=9; contextLength=64; sequences=8; name=far), ramp(split=test)")]
    [InlineData("sparse_signal")]
    public void Evaluations_SurviveJsonAndText(string text)
    {
        var spec = Read(text).OrThrow();
        Assert.Equal(spec.Evaluations, RunSpecJson.Read(RunSpecJson.Write(spec)).Evaluations);
        Assert.Equal(spec.Evaluations, RunSpecReader.Read([new("dataset.id", "sparse_signal"), .. RunSpecJson.Changes(spec)]).OrThrow().Evaluations);
        Assert.Equal(text.Length == 0, RunSpecJson.Changes(spec).All(pair => pair.Key != "evaluations"));
    }

    [Fact]
    public void Json_TakesObjectsWithOptions()
    {
        var spec = Read("""[{"id":"sparse_signal","name":"sparse","contextLength":32,"options":{"signalRatio":0.1}},"ramp"]""").OrThrow();
        Assert.Equal(["sparse", "ramp"], spec.Evaluations.Select(item => item.Name));
        Assert.Equal((32, 0.1), (spec.Evaluations[0].ContextLength, ((SparseSignalOptions)spec.Evaluations[0].Dataset.Options).SignalRatio));
    }

    [Theory]
    [InlineData("sprase_signal", "Evaluation 1: \"sprase_signal\" is no dataset; did you mean sparse_signal?")]
    [InlineData("(signalRation=1)", "Evaluation 1: sparse_signal has no option \"signalRation\"; did you mean signalRatio?")]
    [InlineData("(signalRatio=2)", "Evaluation 1, signalRatio: 2 is outside the range.")]
    [InlineData("stories, (split=train)", "Evaluation 2, split: \"train\" is no held-out split.")]
    [InlineData("(contextLength=0)", "Evaluation 1, contextLength: \"0\" is outside the range.")]
    [InlineData("(sequences=many)", "Evaluation 1, sequences: \"many\" is outside the range.")]
    [InlineData("(signalRatio=0.1), (signalRatio=0.1)", "Two evaluations are named \"signalRatio=0.1\"")]
    [InlineData("(name=held-out)", "The name \"held-out\" is that of the run's own evaluation")]
    [InlineData("(signalRatio", "has an open parenthesis")]
    [InlineData("(contextLength=1)", "contextLength=1: shape.contextLength: A context of 1 leaves nothing to predict")]
    [InlineData("(contextLength=1)", "shape.contextLength: A context of 1 leaves nothing to predict")]
    public void Mistakes_AreNamed(string text, string reason)
    {
        var problem = Assert.Single(Read(text).Problems);
        Assert.Equal("evaluations", problem.Path);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LongerSequences_ThanTheModelCanTake_AreRefused()
    {
        var reading = Read("(contextLength=512)", ("architecture.id", "smat"), ("architecture.position", "learned_abs"), ("architecture.block", "128"));
        Assert.Contains(reading.Problems, problem => problem.Path == "evaluations" && problem.Reason.StartsWith("contextLength=512: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_ScoresEachSet_OnItsOwnDataAndLength()
    {
        var spec = Read(
            "(contextLength=64; sequences=5; name=long), (motifSeed=77; name=other), (split=test; name=test)",
            ("shape.layers", "1"), ("shape.width", "32"), ("shape.ffn", "32"), ("shape.vocabulary", "16"), ("shape.contextLength", "32"), ("training.steps", "150"), ("training.learningRate", "0.01"),
            ("training.evaluateEvery", "75"), ("training.evaluationSequences", "16"), ("training.threads", "1")).OrThrow();
        var events = new List<TrainingEvent>();
        Assert.IsType<Completed>(new Trainer(_folder.Data, TimeProvider.System).Run(spec, _folder.File("checkpoints"), new Collector(events), new TrainingControl()));
        var evaluated = events.OfType<Evaluated>().ToArray();
        Assert.Equal([0L, 75, 150], evaluated.Where(item => item.Set == "long").Select(item => item.Step));
        var last = evaluated.Where(item => item.Step == 150).ToDictionary(item => item.Set);
        Assert.Equal(["held-out", "long", "other", "test"], last.Keys.Order());
        Assert.Equal((5, 63), (last["long"].Sequences.Select(row => row.Sequence).Distinct().Count(), last["long"].Sequences.Where(row => row.Sequence == 0).Sum(row => row.Tokens)));
        Assert.Equal(last["other"].Loss, Assert.Single(last["other"].Points, point => point.Metric == "eval.loss/other").Value);
        Assert.Contains(TrainingMetrics.Of(spec), metric => metric.Name == "eval.loss/other");

        // It has learnt its own motif, which the test split shares and the other data does not.
        Assert.True(last["held-out"].Loss < last["other"].Loss - 0.5, $"{last["held-out"].Loss} {last["other"].Loss}");
        Assert.InRange(last["test"].Loss, last["held-out"].Loss - 0.3, last["held-out"].Loss + 0.3);
        Assert.NotEqual(last["test"].Loss, last["held-out"].Loss);
    }

    [Fact]
    public void OtherTokens_ThanThoseOfTheRun_AreRefused()
    {
        var spec = RunSpecReader.Read([new("dataset.id", "stories"), new("dataset.stories", "100"), new("shape.vocabulary", "50257"), new("evaluations", "(tokenizer=bpe; tokenizerSize=300)")]).OrThrow();
        var fault = Assert.Throws<SpecException>(() => TrainingData.Open(_folder.Data, spec, 50257));
        Assert.Contains("its tokens are not those that the run is trained on", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqar", "(keys=32)", true)]
    [InlineData("mqar", "(values=8; pairs=4)", false)]
    [InlineData("mqar", "rule_conflict", true)]
    [InlineData("mqar", "sparse_signal", true)]
    [InlineData("mqar", "stories(stories=100)", true)]
    [InlineData("sparse_signal", "ramp, zeros", false)]
    [InlineData("stories", "(tokenizer=gpt2)", true)]
    [InlineData("stories", "(tokenizer=bpe), noisy_text", false)]
    public void OtherTokens_WhereTheOptionsTell_AreRefusedBeforehand(string trained, string evaluated, bool isRefused)
    {
        var problems = RunSpecReader.Read([new("dataset.id", trained), new("shape.vocabulary", "50257"), new("evaluations", evaluated)]).Problems;
        Assert.Equal(isRefused ? ["evaluations"] : Array.Empty<string>(), problems.Select(problem => problem.Path));
        Assert.All(problems, problem => Assert.Contains("its tokens are not those that the run is trained on", problem.Reason, StringComparison.Ordinal));
    }

    private static SpecReading Read(string evaluations, params (string Path, string Text)[] more) => RunSpecReader.Read(
    [
        new("dataset.id", "sparse_signal"), new("dataset.signalRatio", "0.5"), new("dataset.motifSeed", "3"), new("evaluations", evaluations),
        .. more.Select(item => new KeyValuePair<string, string>(item.Path, item.Text)),
    ]);

    private sealed class Collector(List<TrainingEvent> events) : ITrainingObserver
    {
        public void OnEvent(TrainingEvent trainingEvent) => events.Add(trainingEvent);
    }
}
