using System.Text.Json.Nodes;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Api;

/// <summary>Runs as the endpoints give them. A number that is not finite is null.</summary>
internal static class RunJson
{
    /// <summary>The row of a run.</summary>
    public static JsonObject Row(RunRecord run) => new()
    {
        ["id"] = run.Id.Value,
        ["name"] = run.Spec.Name,
        ["tags"] = new JsonArray([.. run.Spec.Tags.Select(tag => (JsonNode)tag)]),
        ["architecture"] = run.Spec.Architecture.Id,
        ["dataset"] = run.Spec.Dataset.Id,
        ["seed"] = run.Spec.Seed,
        ["status"] = run.Status.ToString().ToLowerInvariant(),
        ["reason"] = run.Reason,
        ["source"] = run.Source,
        ["specHash"] = run.SpecHash,
        ["createdAt"] = run.CreatedAt,
        ["startedAt"] = run.StartedAt,
        ["endedAt"] = run.EndedAt,
        ["step"] = run.Step,
        ["steps"] = run.Spec.Training.Steps,
        ["parameters"] = run.Parameters,
        ["trainLoss"] = Finite(run.TrainLoss),
        ["evalLoss"] = Finite(run.EvalLoss),
        ["evalLow"] = Finite(run.EvalLow),
        ["evalHigh"] = Finite(run.EvalHigh),
        ["chance"] = Finite(run.Chance),
        ["floor"] = Finite(run.Floor),
        ["chanceToFloor"] = Finite(run.ChanceToFloor),
        ["notLearned"] = run.NotLearned,
        ["seesTheFuture"] = run.SeesTheFuture,
        ["tokensPerSecond"] = Finite(run.TokensPerSecond),
        ["elapsed"] = Finite(run.Elapsed),
    };

    /// <summary>A run with its specification, the names of its metrics, its log and its checkpoints.</summary>
    public static JsonObject Whole(IRunStore store, RunRecord run)
    {
        var json = Row(run);
        json["spec"] = JsonNode.Parse(RunSpecJson.Write(run.Spec));
        json["metrics"] = new JsonArray([.. store.Metrics(run.Id).Select(name => (JsonNode)name)]);
        json["checkpoints"] = new JsonArray([.. store.Checkpoints(run.Id).Select(item => new JsonObject { ["step"] = item.Step, ["bytes"] = item.Bytes, ["at"] = item.At })]);
        json["log"] = new JsonArray([.. store.ReadLog(run.Id, -1).Select(line => new JsonObject { ["at"] = line.At, ["step"] = line.Step, ["text"] = line.Text, ["isWarning"] = line.IsWarning })]);
        return json;
    }

    /// <summary>An evaluation.</summary>
    public static JsonObject Evaluation(EvaluationRecord item) =>
        new() { ["step"] = item.Step, ["set"] = item.Set, ["loss"] = Finite(item.Loss), ["low"] = Finite(item.Low), ["high"] = Finite(item.High) };

    /// <summary>A number, or null.</summary>
    public static double? Finite(double? value) => value is { } known && double.IsFinite(known) ? known : null;
}
