using System.Text.Json.Nodes;
using Crossbench.Runs;
using Crossbench.Web.Cli;

namespace Crossbench.Web.Api;

/// <summary>What the endpoints give beside runs themselves, which look as in <c>runs --json</c>. A number that is not finite is null.</summary>
internal static class ApiJson
{
    /// <summary>A run as lists show it.</summary>
    public static JsonObject Row(RunRecord run) => RunJson.Of(run);

    /// <summary>An evaluation.</summary>
    public static JsonObject Evaluation(EvaluationRecord item) =>
        new() { ["step"] = item.Step, ["set"] = item.Set, ["loss"] = Finite(item.Loss), ["low"] = Finite(item.Low), ["high"] = Finite(item.High) };

    /// <summary>A number, or null.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
