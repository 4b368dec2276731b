using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary>Runs as <c>--json</c> tells them.</summary>
internal static class RunJson
{
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>Prints a value on standard output.</summary>
    public static void Print(JsonNode json) => Console.Out.WriteLine(json.ToJsonString(Indented));

    /// <summary>Prints any value on standard output.</summary>
    public static void Print<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Indented));

    /// <summary>What the list shows of a run.</summary>
    public static JsonObject Of(RunRecord run) => new()
    {
        ["id"] = run.Id.Value,
        ["name"] = run.Spec.Name,
        ["status"] = run.Status.ToString().ToLowerInvariant(),
        ["reason"] = run.Reason,
        ["asked"] = run.Command == RunCommand.None ? null : run.Command.ToString().ToLowerInvariant(),
        ["architecture"] = run.Spec.Architecture.Id,
        ["dataset"] = run.Spec.Dataset.Id,
        ["seed"] = run.Spec.Seed,
        ["device"] = run.Spec.Training.Device,
        ["tags"] = new JsonArray([.. run.Spec.Tags.Select(tag => (JsonNode)tag)]),
        ["step"] = run.Step,
        ["steps"] = run.Spec.Training.Steps,
        ["trainLoss"] = run.TrainLoss,
        ["evalLoss"] = run.EvalLoss,
        ["evalLow"] = run.EvalLow,
        ["evalHigh"] = run.EvalHigh,
        ["chance"] = run.Chance,
        ["floor"] = run.Floor,
        ["notLearned"] = run.NotLearned,
        ["seesTheFuture"] = run.SeesTheFuture,
        ["tokensPerSecond"] = run.TokensPerSecond,
        ["elapsed"] = run.Elapsed,
        ["parameters"] = run.Parameters,
        ["priority"] = run.Priority,
        ["source"] = run.Source,
        ["specHash"] = run.SpecHash,
        ["createdAt"] = Time(run.CreatedAt),
        ["startedAt"] = Time(run.StartedAt),
        ["endedAt"] = Time(run.EndedAt),
        ["archivedAt"] = Time(run.ArchivedAt),
    };

    /// <summary>Everything about one run but its curves.</summary>
    public static JsonObject Of(RunRecord run, IRunStore store, DataFolder folder)
    {
        var json = Of(run);
        json["notes"] = run.Spec.Notes;
        json["edition"] = run.Edition;
        json["process"] = run.ProcessId;
        json["heartbeatAt"] = Time(run.HeartbeatAt);
        json["size"] = store.SizeOf(run.Id) is var size ? new JsonObject { ["points"] = size.Points, ["rows"] = size.Rows, ["storeBytes"] = size.Bytes, ["fileBytes"] = RunFiles.Bytes(folder, run.Id) } : null;
        json["history"] = new JsonArray([.. store.History(run.Id).Select(change => new JsonObject
        {
            ["at"] = Time(change.At),
            ["from"] = change.From?.ToString().ToLowerInvariant(),
            ["to"] = change.To.ToString().ToLowerInvariant(),
            ["reason"] = change.Reason,
            ["step"] = change.Step,
        })]);
        json["checkpoints"] = new JsonArray([.. store.Checkpoints(run.Id).Select(checkpoint => new JsonObject { ["step"] = checkpoint.Step, ["folder"] = RunFiles.CheckpointOf(folder, run.Id, checkpoint.Step), ["bytes"] = checkpoint.Bytes })]);
        json["log"] = new JsonArray([.. store.ReadLog(run.Id, 0).Select(line => new JsonObject { ["at"] = Time(line.At), ["step"] = line.Step, ["text"] = line.Text, ["warning"] = line.IsWarning })]);
        json["metrics"] = new JsonArray([.. store.Metrics(run.Id).Select(name => (JsonNode)name)]);
        json["spec"] = JsonNode.Parse(RunSpecJson.Write(run.Spec));
        return json;
    }

    private static string? Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
