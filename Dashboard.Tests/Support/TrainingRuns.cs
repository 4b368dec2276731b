using Crossbench.Training;

namespace Crossbench.Tests.Support;

/// <summary>Small real training runs on this thread, and what tests do with what they told.</summary>
internal sealed class TrainingRuns(TempFolder folder)
{
    /// <summary>A tiny run of 12 steps on a motif in noise, evaluated every 5 steps.</summary>
    public static RunSpec Spec(params (string Path, string Text)[] further) => RunSpecReader.Read(
    [
        new("dataset.id", "sparse_signal"), new("seed", "1"), new("shape.vocabulary", "64"), new("shape.layers", "2"), new("shape.width", "16"), new("shape.ffn", "24"),
        new("shape.contextLength", "16"), new("training.steps", "12"), new("training.batchSize", "2"), new("training.threads", "1"), new("training.evaluateEvery", "5"),
        new("training.evaluationSequences", "8"), .. further.Select(item => KeyValuePair.Create(item.Path, item.Text)),
    ]).OrThrow();

    /// <summary>Trains, or goes on with what is in the folder of that name.</summary>
    public (RunOutcome Outcome, List<TrainingEvent> Events) Train(RunSpec spec, string name = "run", Action<TrainingEvent, TrainingControl>? react = null)
    {
        var events = new List<TrainingEvent>();
        var observer = new Recorder(events, react);
        return (new Trainer(folder.Data, TimeProvider.System).Run(spec, folder.File(name), observer, observer.Control), events);
    }

    /// <summary>Asks for a pause after a step was measured.</summary>
    public static Action<TrainingEvent, TrainingControl> PauseAt(long step) => (e, control) =>
    {
        if (e is Measured && e.Step == step)
        {
            control.Ask(TrainingRequest.Pause);
        }
    };

    /// <summary>Logged training losses.</summary>
    public static double[] Losses(IEnumerable<TrainingEvent> events) => Series(events, TrainingMetrics.TrainLoss.Name);

    /// <summary>Logged values of a metric.</summary>
    public static double[] Series(IEnumerable<TrainingEvent> events, string metric) =>
        [.. events.OfType<Measured>().SelectMany(e => e.Points).Where(point => point.Metric == metric).Select(point => point.Value)];

    /// <summary>Keeps events, and may react to them.</summary>
    internal sealed class Recorder(List<TrainingEvent> events, Action<TrainingEvent, TrainingControl>? react = null) : ITrainingObserver
    {
        public TrainingControl Control { get; } = new();

        public void OnEvent(TrainingEvent trainingEvent)
        {
            events.Add(trainingEvent);
            react?.Invoke(trainingEvent, Control);
        }
    }
}
