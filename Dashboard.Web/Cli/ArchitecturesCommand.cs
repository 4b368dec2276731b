using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Models;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary><c>architectures [ID]</c>: what there is, its options, what it costs, whether it is causal, and the names of its parameters.</summary>
internal static class ArchitecturesCommand
{
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };
    private static readonly Argument<string?> Id = CommandLine.IdArgument("An architecture; all when absent.");
    private static readonly SpecOptions Specification = new(withRun: false, withArchitecture: false);
    private static readonly Option<bool> Json = new("--json") { Description = "JSON on standard output." };
    private static readonly Option<bool> Parameters = new("--parameters") { Description = "Names and shapes of all weights, as weight files hold them." };

    public static Command Create()
    {
        var command = new Command("architectures", "Lists architectures with options, ranges, costs and causality.") { Id, Parameters, Json };
        Specification.AddTo(command);
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (id, asJson) = (parsed.GetValue(Id), parsed.GetValue(Json));
        if (id is null && parsed.GetValue(Parameters))
        {
            return CommandLine.Refuse([new SpecProblem("--parameters", "It needs an architecture.", "Name one: architectures gqa --parameters.")]);
        }

        var readings = id is null ? ReadAll(parsed) : [Specification.ReadModel(parsed, id)];
        var problems = readings.SelectMany(reading => reading.Problems).ToArray();
        if (problems.Length > 0)
        {
            return CommandLine.Refuse(problems.DistinctBy(problem => problem.ToString()));
        }

        var specs = readings.Select(reading => reading.Spec).ToArray();
        if (parsed.GetValue(Parameters))
        {
            WriteParameters(specs[0], asJson);
        }
        else if (asJson)
        {
            Console.Out.WriteLine(new JsonArray([.. specs.Select(Describe)]).ToJsonString(Indented));
        }
        else if (id is null)
        {
            WriteList(specs);
        }
        else
        {
            ArchitectureText.Write(Console.Out, specs[0], CostOf(specs[0]));
        }

        return ExitCode.Completed;
    }

    /// <summary>All architectures, or with <c>--preset</c> those that have it.</summary>
    private static SpecReading[] ReadAll(ParseResult parsed)
    {
        var all = Array.ConvertAll([.. ModelZoo.All], item => Specification.ReadModel(parsed, item.Id));
        var fitting = Array.FindAll(all, reading => !reading.Problems.Any(problem => problem.Path == RunSpecFields.PresetPath));
        var known = string.Join(", ", ModelZoo.All.SelectMany(item => item.Presets).Select(preset => preset.Id).Distinct());
        return fitting.Length > 0 ? fitting
            : [all[0] with { Problems = [new SpecProblem(RunSpecFields.PresetPath, "No architecture has this preset.", $"There are {known}.")] }];
    }

    private static ModelCost CostOf(RunSpec spec) =>
        ModelZoo.Find(spec.Architecture.Id)!.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options);

    private static void WriteParameters(RunSpec spec, bool asJson)
    {
        var parameters = CostOf(spec).Parameters;
        if (asJson)
        {
            Console.Out.WriteLine(new JsonArray([.. parameters.Select(item => new JsonObject
            {
                ["name"] = item.Name,
                ["shape"] = new JsonArray([.. item.Shape.Select(size => (JsonNode)size)]),
            })]).ToJsonString(Indented));
            return;
        }

        var width = parameters.Max(item => item.Name.Length);
        foreach (var item in parameters)
        {
            Console.Out.WriteLine($"{item.Name.PadRight(width)}  [{string.Join(", ", item.Shape)}]{(item.IsBuffer ? "  buffer" : "")}");
        }
    }

    private static void WriteList(RunSpec[] specs)
    {
        var width = specs.Max(spec => spec.Architecture.Id.Length);
        foreach (var spec in specs)
        {
            var architecture = ModelZoo.Find(spec.Architecture.Id)!;
            var badge = architecture.IsCausal(spec.Architecture.Options) ? "causal" : "sees the future";
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{architecture.Id.PadRight(width)}  {CostOf(spec).ParameterCount,13:N0}  {badge,-15}  {architecture.Title}"));
        }
    }

    private static JsonObject Describe(RunSpec spec)
    {
        var architecture = ModelZoo.Find(spec.Architecture.Id)!;
        var cost = CostOf(spec);
        return new JsonObject
        {
            ["id"] = architecture.Id,
            ["title"] = architecture.Title,
            ["summary"] = architecture.Summary,
            ["causal"] = architecture.IsCausal(spec.Architecture.Options),
            ["seesTheFutureWith"] = new JsonArray([.. architecture.SeesTheFutureWith.Select(choice => (JsonNode)choice)]),
            ["options"] = OptionJson.Of(architecture.Defaults),
            ["parameters"] = cost.ParameterCount,
            ["forwardFlops"] = cost.ForwardFlops,
            ["stateBytes"] = cost.StateBytes,
            ["presets"] = new JsonArray([.. architecture.Presets.Select(preset => (JsonNode)preset.Id)]),
            ["diagnostics"] = new JsonArray([.. architecture.Diagnostics(spec.Architecture.Options).Select(metric => (JsonNode)metric.Name)]),
            ["ablations"] = new JsonArray([.. architecture.AblationPoints(spec.Architecture.Options).Select(point => (JsonNode)point.Component)]),
            ["equations"] = new JsonArray([.. architecture.Equations.Select(Describe)]),
            ["formula"] = Describe(ParameterFormula.Of(cost.Parameters, spec.Shape)),
            ["readings"] = new JsonArray([.. architecture.Readings.Select(Describe)]),
        };
    }

    private static JsonObject Describe(Equation equation) => new()
    {
        ["name"] = equation.Name,
        ["tex"] = equation.Tex,
        ["symbols"] = new JsonArray([.. equation.Symbols.Select(symbol => new JsonObject { ["tex"] = symbol.Tex, ["meaning"] = symbol.Meaning })]),
    };

    private static JsonObject Describe(ParameterFormula formula) => new()
    {
        ["parts"] = new JsonArray([.. formula.Parts.Select(part => new JsonObject { ["part"] = part.Name, ["formula"] = part.Text, ["parameters"] = part.Count })]),
        ["sizes"] = new JsonArray([.. formula.Symbols.Select(symbol => new JsonObject { ["name"] = symbol.Name, ["meaning"] = symbol.Meaning, ["value"] = symbol.Value })]),
    };

    private static JsonObject Describe(Reading reading) => new()
    {
        ["title"] = reading.Title,
        ["by"] = reading.By,
        ["year"] = reading.Year,
        ["arxiv"] = reading.ArxivId,
        ["address"] = reading.Address,
        ["for"] = reading.For,
    };
}
