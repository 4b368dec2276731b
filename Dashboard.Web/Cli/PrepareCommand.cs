using System.CommandLine;
using Crossbench.Datasets;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary><c>prepare</c>: does what takes long before a dataset can be opened, once, and tells how far it is.</summary>
internal static class PrepareCommand
{
    private static readonly SpecOptions Specification = SpecOptions.OfData(withId: true);
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object per line on standard output." };

    public static Command Create()
    {
        var command = new Command("prepare", "Prepares a dataset, so that runs on it start at once: fetches, learns a tokenizer, tokenizes.") { Json };
        Specification.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    /// <summary>The command that prepares a dataset with these settings, to be copied.</summary>
    public static string LineFor(string dataset, IEnumerable<KeyValuePair<string, string>> settings) =>
        $"./run prepare --dataset {dataset}{string.Concat(settings.Select(pair => $" --set {Quoted($"{pair.Key}={pair.Value}")}"))}";

    private static string Quoted(string word) => word.All(letter => char.IsAsciiLetterOrDigit(letter) || "._-=/:".Contains(letter, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var reading = Specification.ReadData(parsed).Reading;
        if (reading.Problems.Count > 0)
        {
            return CommandLine.Refuse(reading.Problems);
        }

        var (folder, setup) = (CommandLine.DataFolderOf(parsed), SpecValidator.DataOf(reading.Spec));
        using var output = PreparationOutput.Create(parsed.GetValue(Json));
        try
        {
            output.End(setup, PreparedData.Make(setup, folder, output.Tell, cancellation));
            return ExitCode.Completed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            output.Erase();
            Console.Error.WriteLine(setup.Dataset.Download(folder, setup.Options) is null
                ? "Stopped. Nothing half-made was kept."
                : "Stopped. What has arrived is kept; the same command goes on with it.");
            return ExitCode.StoppedOrPaused;
        }
    }
}
