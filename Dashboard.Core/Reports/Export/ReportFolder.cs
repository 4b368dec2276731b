using Crossbench.Reports.TransBench;
using Crossbench.Runs;

namespace Crossbench.Reports.Export;

/// <summary>The files that runs become in a folder.</summary>
public static class ReportFolder
{
    /// <summary>The files of runs in a form. Reports and lines of steps are a file a run, tables a file each, other forms one file of all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="format">The form.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="isStable">Whether reports have names without time and id.</param>
    /// <param name="read">Reads a run; called when its file is written, so that not all are in memory at once.</param>
    /// <exception cref="SpecException">Two runs would have the same file.</exception>
    public static IReadOnlyList<ReportFile> Plan(string folder, ReportFormat format, IReadOnlyList<RunRecord> runs, bool isStable, Func<RunRecord, ResultDetail, RunResult> read)
    {
        ReportFile File(string name, Action<Stream> write) => new(Path.Combine(folder, name), write);
        switch (format)
        {
            case ReportFormat.Json or ReportFormat.Jsonl:
                var named = runs.Select(run => (Run: run, Name: Path.ChangeExtension(isStable ? TransBenchName.Stable(run.Spec) : TransBenchName.Default(run), ReportFormats.Extension(format)))).ToArray();
                var shared = named.GroupBy(item => item.Name).Where(group => group.Count() > 1).Select(Collision).ToArray();
                return shared.Length > 0 ? throw new SpecException(shared) : [.. named.Select(item => File(item.Name, stream => ReportFormats.Write(stream, format, [item.Run], read)))];
            case ReportFormat.Csv:
                return [.. Enum.GetValues<CsvTable>().Select(table => File($"{table.ToString().ToLowerInvariant()}.csv", stream => ReportFormats.Write(stream, format, runs, read, table)))];
            default:
                return [File("report" + ReportFormats.Extension(format), stream => ReportFormats.Write(stream, format, runs, read))];
        }
    }

    private static SpecProblem Collision(IGrouping<string, (RunRecord Run, string Name)> group) => new(
        "--stable",
        $"{string.Join(", ", group.Select(item => item.Run.Id))} share the file name {group.Key}: it says nothing of seed, steps, learning rate, vocabulary or noise.",
        "Leave --stable out, or report them one at a time into folders of their own.");
}
