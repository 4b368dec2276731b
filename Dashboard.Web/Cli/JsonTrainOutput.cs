using System.Text.Encodings.Web;
using System.Text.Json;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary>One JSON object a line. A number that is not finite is written as null.</summary>
internal sealed class JsonTrainOutput(TextWriter writer) : TrainOutput
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private long _parameters;

    public override void OnEvent(TrainingEvent trainingEvent)
    {
        switch (trainingEvent)
        {
            case Started started:
                _parameters = started.Parameters;
                Write(new
                {
                    @event = "started", step = started.Step, steps = started.Steps, parameters = started.Parameters, vocabulary = started.Vocabulary,
                    chance = Finite(started.Chance), floor = started.Floor, seesTheFuture = started.SeesTheFuture, environment = started.Environment,
                });
                break;
            case Measured measured:
                Write(new
                {
                    @event = "measured", step = measured.Step, loss = Finite(Value(measured, TrainingMetrics.TrainLoss.Name)),
                    lr = Finite(Value(measured, TrainingMetrics.LearningRate.Name)), tokensPerSecond = Finite(Math.Round(Value(measured, TrainingMetrics.TokensPerSecond.Name), 1)),
                    gradientNorm = Finite(Value(measured, TrainingMetrics.GradientNorm.Name)), tokens = measured.Tokens,
                });
                break;
            case Evaluated evaluated:
                Write(new
                {
                    @event = "evaluated", step = evaluated.Step, set = evaluated.Set, loss = Finite(evaluated.Loss), low = Finite(evaluated.Low), high = Finite(evaluated.High),
                    accuracy = Point(evaluated, TrainingMetrics.EvalAccuracy.Name), exactMatch = Point(evaluated, TrainingMetrics.ExactMatch.Name),
                });
                break;
            case CheckpointSaved saved:
                Write(new { @event = "checkpointSaved", step = saved.Step, folder = saved.Folder, bytes = saved.Bytes });
                break;
            case Noted noted:
                Write(new { @event = "noted", step = noted.Step, text = noted.Text, warning = noted.IsWarning });
                break;
        }
    }

    public override void End(RunRecord run) => Write(new
    {
        @event = run.Status.ToString().ToLowerInvariant(), run = run.Id.Value, architecture = run.Spec.Architecture.Id, step = run.Step,
        evalLoss = run.EvalLoss is { } loss ? Finite(loss) : null, parameters = run.Parameters ?? _parameters, reason = run.Reason,
    });

    public override void PassOver(string architecture, RunRecord? completed, IReadOnlyList<SpecProblem> problems)
    {
        base.PassOver(architecture, completed, problems);
        Write(new
        {
            @event = completed is null ? "refused" : "skipped", architecture, run = completed?.Id.Value, evalLoss = completed?.EvalLoss,
            problems = problems.Select(problem => new { path = problem.Path, reason = problem.Reason, remedy = problem.Remedy }),
        });
    }

    public override void Replaced(RunRecord former, RunId by) => Write(new { @event = "replaced", run = former.Id.Value, by = by.Value });

    private static double? Point(Evaluated evaluated, string metric) => evaluated.Points.FirstOrDefault(point => point.Metric == metric) is { Metric: not null } found ? Finite(found.Value) : null;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private void Write<T>(T line)
    {
        writer.WriteLine(JsonSerializer.Serialize(line, Json));
        writer.Flush();
    }
}
