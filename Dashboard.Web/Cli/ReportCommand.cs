using System.CommandLine;
using Crossbench.Reports;
using Crossbench.Reports.Export;
using Crossbench.Reports.TransBench;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary><c>report</c>: runs as JSON, lines, CSV, Markdown, LaTeX or HTML, on standard output or as files.</summary>
internal static class ReportCommand
{
    private static readonly RunSelection Selection = new();
    private static readonly Option<ReportFormat?> Format = new("--format")
    {
        Description = "json (TransBench's report, and more), jsonl (a line a step), csv, markdown, latex, html. Without it the end of --output decides, else json.",
        HelpName = "FORMAT",
    };

    private static readonly Option<CsvTable> Table = new("--table") { Description = "Which table, as csv: results (a row a run), series (a row a point), evaluations.", HelpName = "TABLE" };
    private static readonly Option<string?> Output = new("--output") { Description = "A file, or a folder (it is there, or its name ends with / or has no extension). Without it: standard output.", HelpName = "FILE|FOLDER" };
    private static readonly Option<bool> Stable = new("--stable") { Description = "File names without time and id, so that a later run of the same replaces this one's." };
    private static readonly Option<bool> Manifest = new("--manifest") { Description = "Makes manifest.json of the folder anew; it alone when no run is named." };
    private static readonly Option<bool> Replace = new("--replace") { Description = "Writes over files that are there." };
    private static readonly Option<bool> Json = new("--json") { Description = "What was written, as JSON." };

    public static Command Create()
    {
        var command = new Command("report", "Writes what runs measured: for programs, for papers, or as a page that needs nothing else.") { Format, Table, Output, Stable, Manifest, Replace, Json };
        Selection.AddTo(command);
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var output = parsed.GetValue(Output);
        if (parsed.GetValue(Manifest) && !Selection.IsGiven(parsed))
        {
            return output is null ? CommandLine.Refuse([new SpecProblem("--manifest", "It needs a folder.", "Name the folder with the reports: --output FOLDER.")]) : End(parsed, [Rebuild(output)]);
        }

        if (Contradictions(parsed, output).ToArray() is { Length: > 0 } wrong)
        {
            return CommandLine.Refuse(wrong);
        }

        using var store = StoreAccess.ToRead(parsed);
        var runs = Selection.Read(parsed, store);
        var format = FormatOf(parsed, output) ?? ReportFormat.Json;
        RunResult Read(RunRecord run, ResultDetail detail) => RunResult.Read(store, run, detail);
        if (output is null)
        {
            return Print(parsed, format, runs, Read);
        }

        var files = Files(parsed, format, output, runs, Read);
        var problems = AtomicFile.Obstacles(files.Select(file => file.Path), parsed.GetValue(Replace)).ToArray();
        if (problems.Length > 0)
        {
            return CommandLine.Refuse(problems);
        }

        foreach (var file in files)
        {
            AtomicFile.Write(file.Path, parsed.GetValue(Replace), file.Write);
        }

        var written = files.Select(file => file.Path);
        return End(parsed, (format == ReportFormat.Json && IsFolder(output)) || parsed.GetValue(Manifest) ? [.. written, Rebuild(IsFolder(output) ? output : Path.GetDirectoryName(Path.GetFullPath(output))!)] : [.. written]);
    }

    private static ReportFormat? FormatOf(ParseResult parsed, string? output) => parsed.GetValue(Format) ?? (output is null ? null : ReportFormats.OfPath(output));

    /// <summary>Options without an effect: who gave them expected one.</summary>
    private static IEnumerable<SpecProblem> Contradictions(ParseResult parsed, string? output)
    {
        var format = FormatOf(parsed, output);
        if (parsed.GetValue(Manifest) && output is null)
        {
            yield return new SpecProblem("--manifest", "It needs a folder.", "Name the folder with the reports: --output FOLDER.");
        }

        if (parsed.GetResult(Table) is { Implicit: false } && format != ReportFormat.Csv)
        {
            yield return new SpecProblem("--table", "Only csv has tables to choose from.", "Add --format csv.");
        }

        if (format is null && output is not null && !IsFolder(output))
        {
            yield return new SpecProblem("--output", $"The end of {output} names no format.", "Give --format, or a name that ends with .json, .jsonl, .csv, .md, .tex or .html.");
        }
    }

    private static int Print(ParseResult parsed, ReportFormat format, IReadOnlyList<RunRecord> runs, Func<RunRecord, ResultDetail, RunResult> read)
    {
        if (format == ReportFormat.Jsonl && runs.Count > 1)
        {
            return CommandLine.Refuse([new SpecProblem("--format", $"Lines of {runs.Count} runs cannot be told apart.", "Name one run, or a folder with --output.")]);
        }

        using var stream = Console.OpenStandardOutput();
        ReportFormats.Write(stream, format, runs, read, parsed.GetValue(Table));
        return ExitCode.Completed;
    }

    private static IReadOnlyList<ReportFile> Files(ParseResult parsed, ReportFormat format, string output, IReadOnlyList<RunRecord> runs, Func<RunRecord, ResultDetail, RunResult> read)
    {
        if (IsFolder(output))
        {
            return ReportFolder.Plan(output, format, runs, parsed.GetValue(Stable), read);
        }

        if (format is ReportFormat.Json or ReportFormat.Jsonl && runs.Count > 1)
        {
            throw new SpecException(new SpecProblem("--output", $"{runs.Count} runs are a file each.", "Name a folder: its name ends with /."));
        }

        return [new ReportFile(output, stream => ReportFormats.Write(stream, format, runs, read, parsed.GetValue(Table)))];
    }

    private static bool IsFolder(string? output) => output is not null && (Directory.Exists(output) || Path.EndsInDirectorySeparator(output) || Path.GetExtension(output).Length == 0);

    private static string Rebuild(string folder)
    {
        foreach (var sentence in ReportManifest.Rebuild(folder).Skipped)
        {
            Console.Error.WriteLine(sentence);
        }

        return Path.Combine(folder, ReportManifest.FileName);
    }

    private static int End(ParseResult parsed, IReadOnlyList<string> files)
    {
        if (parsed.GetValue(Json))
        {
            RunJson.Print(new { files });
            return ExitCode.Completed;
        }

        foreach (var file in files)
        {
            Console.Out.WriteLine(file);
        }

        return ExitCode.Completed;
    }
}
