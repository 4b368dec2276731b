using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Datasets;
using Crossbench.Options;
using Crossbench.Training;
using Spectre.Console;

namespace Crossbench.Web.Cli;

/// <summary><c>datasets [ID]</c>: what there is, its options, chance and floor; of one dataset also what can be counted, and sample rows.</summary>
internal static class DatasetsCommand
{
    private const int MostSamples = 64;
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };
    private static readonly Argument<string?> Id = CommandLine.IdArgument("A dataset; all when absent.");
    private static readonly SpecOptions Specification = SpecOptions.OfData(withId: false);
    private static readonly Option<int> Rows = new("--rows") { Description = $"Sample rows to show, 0 to {MostSamples}.", HelpName = "N", DefaultValueFactory = _ => 3 };
    private static readonly Option<bool> Json = new("--json") { Description = "JSON on standard output." };

    public static Command Create()
    {
        var command = new Command("datasets", "Lists datasets with options, chance and floor; of one also statistics and decoded rows.") { Id, Rows, Json };
        Specification.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (id, rows) = (parsed.GetValue(Id), parsed.GetValue(Rows));
        var folder = CommandLine.DataFolderOf(parsed);
        SpecProblem[] count = rows is >= 0 and <= MostSamples ? [] : [new SpecProblem("--rows", $"{rows} is outside the range.", $"Give a whole number, 0 to {MostSamples}.")];
        if (id is null)
        {
            var settings = Specification.ReadData(parsed, DatasetCatalog.All[0].Id);
            SpecProblem[] misplaced = settings.HasSettings ? [new SpecProblem("--set", "It needs a dataset.", $"Name one: datasets {DatasetCatalog.All[0].Id} --set …")] : [];
            return count.Length + misplaced.Length > 0 ? CommandLine.Refuse([.. count, .. misplaced]) : List(parsed.GetValue(Json), rows, folder, cancellation);
        }

        var reading = Specification.ReadData(parsed, id).Reading;
        if (DatasetCatalog.Find(id) is null)
        {
            return CommandLine.Refuse([.. count, .. reading.Problems]);
        }

        var (typed, setup, asJson) = (Specification.ReadSettings(parsed).Settings, SpecValidator.DataOf(reading.Spec), parsed.GetValue(Json));
        if (count.Length + reading.Problems.Count > 0)
        {
            return Refuse(asJson, setup, [.. count, .. reading.Problems], typed);
        }

        if (setup.Dataset.Download(folder, setup.Options) is { } download)
        {
            // To look never goes to the network.
            WriteClosed(asJson, setup, [], $"The data are not on this machine yet: {download}. Get them with {PrepareCommand.LineFor(id, typed)}.");
            return ExitCode.Completed;
        }

        return Look(asJson, setup, folder, rows, cancellation);
    }

    /// <summary>A dataset that cannot be opened. That an option has no value yet is no mistake: its options can be looked at all the same.</summary>
    private static int Refuse(bool asJson, DatasetSetup setup, IReadOnlyList<SpecProblem> problems, IReadOnlyList<KeyValuePair<string, string>> settings)
    {
        var missing = problems.Where(problem => OptionSchema.For(setup.Options.GetType()).Fields.Any(field =>
            $"dataset.{field.Name}" == problem.Path && field.Format(setup.Options).Length == 0 && settings.All(pair => pair.Key != problem.Path))).ToArray();
        WriteClosed(asJson, setup, problems, [.. missing.Select(problem => $"Needed for a look into it: {problem}")]);
        var wrong = problems.Except(missing).ToArray();
        return wrong.Length > 0 ? CommandLine.Refuse(wrong) : ExitCode.Completed;
    }

    private static void WriteClosed(bool asJson, DatasetSetup setup, IReadOnlyList<SpecProblem> problems, params IReadOnlyList<string> notes)
    {
        if (asJson)
        {
            Console.Out.WriteLine(new JsonArray(DatasetJson.Of(setup, null, problems, notes)).ToJsonString(Indented));
        }
        else
        {
            DatasetText.WriteOptions(Console.Out, setup, notes);
        }
    }

    private static int Look(bool asJson, DatasetSetup setup, DataFolder folder, int rows, CancellationToken cancellation)
    {
        using var output = new PlainPreparationOutput(Console.Error, TimeProvider.System);
        try
        {
            var report = DatasetReport.Of(setup, folder, rows, output.Tell, cancellation);
            Write(asJson, setup, report);
            return ExitCode.Completed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("Stopped. Nothing half-made was kept.");
            return ExitCode.StoppedOrPaused;
        }
    }

    private static void Write(bool asJson, DatasetSetup setup, DatasetReport report)
    {
        if (asJson)
        {
            Console.Out.WriteLine(new JsonArray(DatasetJson.Of(setup, report, [])).ToJsonString(Indented));
        }
        else
        {
            DatasetText.Write(Console.Out, setup, report, inColour: !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.ColorSystem != ColorSystem.NoColors);
        }
    }

    /// <summary>All datasets at their defaults. Those that are made as they are read are opened; others would first have to be read or fetched.</summary>
    private static int List(bool asJson, int rows, DataFolder folder, CancellationToken cancellation)
    {
        var specs = DatasetCatalog.All.Select(dataset => RunSpecReader.ReadData([new("dataset.id", dataset.Id)])).ToArray();
        if (!asJson)
        {
            var width = specs.Max(reading => reading.Spec.Dataset.Id.Length);
            foreach (var setup in specs.Select(reading => SpecValidator.DataOf(reading.Spec)))
            {
                var facts = setup.Dataset.Describe(setup.Options, setup.ContextLength, setup.Vocabulary);
                Console.Out.WriteLine($"{setup.Dataset.Id.PadRight(width)}  {Loss(facts.Chance),8}  {Loss(facts.Floor),8}  {setup.Dataset.Summary}");
            }

            Console.Error.WriteLine();
            Console.Error.WriteLine("Columns: chance and floor in nats per scored token, where arithmetic knows them. Look into one with: datasets ID");
            return ExitCode.Completed;
        }

        var list = specs.Select(reading =>
        {
            var setup = SpecValidator.DataOf(reading.Spec);
            var report = setup.IsGenerated && reading.Problems.Count == 0 ? DatasetReport.Of(setup, folder, rows, null, cancellation) : null;
            return (JsonNode)DatasetJson.Of(setup, report, reading.Problems);
        });
        Console.Out.WriteLine(new JsonArray([.. list]).ToJsonString(Indented));
        return ExitCode.Completed;
    }

    private static string Loss(double? loss) => loss?.ToString("F4", CultureInfo.InvariantCulture) ?? "-";
}
