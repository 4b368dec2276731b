using System.Text;
using Crossbench.Datasets;
using Crossbench.Training;

namespace Crossbench.Web.Forms;

/// <summary>The command line that starts the same run.</summary>
internal static class SpecCommand
{
    /// <summary>The command for a specification: what differs from the defaults, each value quoted for the shell where it must be.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="folder">Where the run is to be kept; named unless it is where the command would keep it anyway.</param>
    public static string Of(RunSpec spec, DataFolder folder)
    {
        var usual = Path.GetFullPath(Environment.GetEnvironmentVariable("CROSSBENCH_DATA") is { Length: > 0 } named ? named : "data");
        var command = new StringBuilder("./run train").Append(folder.Root == usual ? "" : $" --data {Quoted(folder.Root)}").Append(" --architecture ").Append(spec.Architecture.Id).Append(" --dataset ").Append(spec.Dataset.Id);
        foreach (var (path, text) in RunSpecJson.Changes(spec))
        {
            _ = path switch
            {
                "seed" => command.Append(" --seed ").Append(text),
                "name" => command.Append(" --name ").Append(Quoted(text)),
                _ => command.Append(" --set ").Append(path).Append('=').Append(Quoted(text)),
            };
        }

        return command.ToString();
    }

    private static string Quoted(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:,+=".Contains(c, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
