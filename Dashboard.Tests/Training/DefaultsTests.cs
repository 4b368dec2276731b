using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Training;

public sealed class DefaultsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>150 steps at all defaults on about 300 KB of English in bytes.</summary>
    [Fact]
    public void Defaults_LearnEnglishWellBelowTheUnigramEntropy()
    {
        var spec = RunSpecReader.Read(new Dictionary<string, string>
        {
            ["dataset.id"] = "stories",
            ["dataset.stories"] = "400",
            ["training.steps"] = "150",
        }).OrThrow();
        var observer = new Last();
        var outcome = new Trainer(_folder.Data, TimeProvider.System).Run(spec, _folder.File("checkpoints"), observer, new TrainingControl());
        var completed = Assert.IsType<Completed>(outcome);
        Assert.InRange(completed.EvaluationLoss, 0, observer.Chance - 0.3);
    }

    private sealed class Last : ITrainingObserver
    {
        public double Chance { get; private set; }

        public void OnEvent(TrainingEvent trainingEvent) => Chance = trainingEvent is Started started ? started.Chance : Chance;
    }
}
