using System.Security.Cryptography;
using System.Text.Json;
using Crossbench.Metrics;
using Crossbench.Reports.TransBench;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports.Import;

/// <summary>A run as it was read from a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Run">The run.</param>
public sealed record ImportItem(string File, ImportedRun Run);

/// <summary>What was read.</summary>
/// <param name="Items">The runs.</param>
/// <param name="Problems">All that is wrong, each with file and key; nothing may be imported while there are any.</param>
/// <param name="Skipped">What was left out by intent, a sentence each.</param>
public sealed record ImportReading(IReadOnlyList<ImportItem> Items, IReadOnlyList<SpecProblem> Problems, IReadOnlyList<string> Skipped);

/// <summary>Reads reports and lines of steps from files and folders. Changes nothing.</summary>
public static class ImportFiles
{
    private const long LargestFile = 1L << 30;
    private const string Lines = ".jsonl";
    private static readonly IReadOnlyDictionary<string, MetricSeries> NoSeries = new Dictionary<string, MetricSeries>();

    /// <summary>Reads everything that is named.</summary>
    /// <param name="paths">Reports, folders of reports, manifests, files of lines.</param>
    /// <param name="specFile">A specification (as JSON, or in a report) for files of lines, which hold none.</param>
    /// <param name="now">The time now, which runs without a time of their own get.</param>
    public static ImportReading Read(IEnumerable<string> paths, string? specFile, DateTimeOffset now)
    {
        var (items, problems, skipped) = (new List<ImportItem>(), new List<SpecProblem>(), new List<string>());
        foreach (var file in paths.SelectMany(path => Expand(path, problems, skipped)).Distinct())
        {
            var run = Path.GetExtension(file).Equals(Lines, StringComparison.OrdinalIgnoreCase) ? ReadLines(file, specFile, now, problems) : ReadReport(file, problems);
            if (run is not null)
            {
                items.Add(new ImportItem(file, run));
            }
        }

        return new ImportReading(items, problems, skipped);
    }

    private static IEnumerable<string> Expand(string path, List<SpecProblem> problems, List<string> skipped)
    {
        if (Directory.Exists(path))
        {
            var files = Directory.EnumerateFiles(path).Order(StringComparer.Ordinal).ToLookup(file => Path.GetExtension(file).ToLowerInvariant());
            skipped.AddRange(files[Lines].Select(file => $"{file} is left out: lines of steps hold no specification. Name the file, with --spec."));
            var reports = files[".json"].Where(file => Path.GetFileName(file) != ReportManifest.FileName).ToArray();
            if (reports.Length == 0)
            {
                problems.Add(new SpecProblem(path, "The folder holds no report.", "Name a folder with files that end with .json."));
            }

            return reports;
        }

        if (!File.Exists(path))
        {
            problems.Add(new SpecProblem(path, "It is not there.", "Name a report, a folder of reports, or a file of lines."));
            return [];
        }

        return Path.GetFileName(path) == ReportManifest.FileName ? Listed(path, problems) : [path];
    }

    private static List<string> Listed(string manifest, List<SpecProblem> problems)
    {
        if (Parse(manifest, problems) is not { } root)
        {
            return [];
        }

        var (report, folder) = (new ReportJson(manifest, root, problems), Path.GetDirectoryName(Path.GetFullPath(manifest))!);
        if (report.Find("reports") is not { ValueKind: JsonValueKind.Array } entries)
        {
            report.Add("reports", "It is missing.", "Make the manifest anew with: report --manifest --output FOLDER");
            return [];
        }

        var files = new List<string>();
        foreach (var (i, entry) in entries.EnumerateArray().Index())
        {
            var name = report.Part(entry, $"reports[{i}]").Text("file", isNeeded: true);
            var file = Path.Combine(folder, Path.GetFileName(name));
            if (name.Length > 0 && (name != Path.GetFileName(name) || !File.Exists(file)))
            {
                report.Add($"reports[{i}].file", $"\"{name}\" is not beside it.", "Make the manifest anew with: report --manifest --output FOLDER");
            }
            else if (name.Length > 0)
            {
                files.Add(file);
            }
        }

        return files;
    }

    private static ImportedRun? ReadReport(string file, List<SpecProblem> problems)
    {
        if (Parse(file, problems) is not { } root)
        {
            return null;
        }

        var report = new ReportJson(file, root, problems);
        if (root.ValueKind != JsonValueKind.Object || report.Whole("schema_version", 0, int.MaxValue, isNeeded: true) is not { } version)
        {
            if (root.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new SpecProblem(file, "It is no report: a report is one JSON object.", "Name a report."));
            }

            return null;
        }

        if (version != TransBenchReport.SchemaVersion)
        {
            report.Add("schema_version", $"Version {version} is not known.", $"This Crossbench reads version {TransBenchReport.SchemaVersion}.");
            return null;
        }

        return OwnReport.Is(report) ? OwnReport.Read(report) : ForeignReport.Read(report);
    }

    private static ImportedRun? ReadLines(string file, string? specFile, DateTimeOffset now, List<SpecProblem> problems)
    {
        if (specFile is null)
        {
            problems.Add(new SpecProblem(file, "Lines of steps hold no specification.", "Name it: --spec FILE, the JSON of a specification or a report of the run."));
            return null;
        }

        var before = problems.Count;
        var (named, content) = (SpecOf(specFile, problems), Text(file, problems));
        var series = content is null ? NoSeries : MetricLines.Read(System.Text.Encoding.UTF8.GetString(content).TrimStart('\uFEFF').Split('\n'), file, problems);
        if (named is not { } spec || content is not { } text || problems.Count > before)
        {
            return null;
        }

        double? Last(MetricSpec metric) => series.TryGetValue(metric.Name, out var found) && Array.FindLastIndex(found.Values, double.IsFinite) is >= 0 and var at ? found.Values[at] : null;
        var (step, hash) = (series.Values.Max(item => item.LastStepOr(0)), Convert.ToHexStringLower(SHA256.HashData(text)));
        var evaluations = series.GetValueOrDefault(TrainingMetrics.EvalLoss.Name, MetricSeries.Empty);
        return new ImportedRun(new RunRecord
        {
            Id = RunId.Of(now, hash),
            Spec = spec,
            SpecHash = RunSpecJson.Hash(spec),
            Source = $"lines of steps {hash[..16]}",
            Status = step >= spec.Training.Steps ? RunStatus.Completed : RunStatus.Stopped,
            Reason = step >= spec.Training.Steps ? "" : "The lines end before the last step.",
            CreatedAt = now,
            EndedAt = now,
            Step = step,
            TrainLoss = Last(TrainingMetrics.TrainLoss),
            EvalLoss = Last(TrainingMetrics.EvalLoss),
            TokensPerSecond = Last(TrainingMetrics.SteadyTokensPerSecond) ?? Last(TrainingMetrics.TokensPerSecond),
            Elapsed = Last(TrainingMetrics.Elapsed),
        })
        {
            Series = series,
            Evaluations = [.. evaluations.Steps.Zip(evaluations.Values, (at, loss) => new Evaluated(at, Evaluated.OwnSet, loss, double.NaN, double.NaN, []))],
            Log = [new RunLogEntry(0, now, step, $"Imported from {file}, with the specification of {specFile}.", false)],
        };
    }

    private static RunSpec? SpecOf(string file, List<SpecProblem> problems)
    {
        if (Parse(file, problems) is not { } root)
        {
            return null;
        }

        var report = new ReportJson(file, root, problems);
        if (report.Find("schema_version") is not null)
        {
            return OwnReport.Is(report) ? OwnReport.SpecOf(report) : ForeignReport.Read(report)?.Run.Spec;
        }

        try
        {
            return RunSpecJson.Read(root.GetRawText());
        }
        catch (SpecException error)
        {
            problems.AddRange(error.Problems.Select(problem => problem with { Path = $"{file}{(problem.Path.Length > 0 ? ", " : "")}{problem.Path}" }));
            return null;
        }
    }

    private static JsonElement? Parse(string file, List<SpecProblem> problems)
    {
        if (Text(file, problems) is not { } text)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text.AsMemory(text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            problems.Add(new SpecProblem(file, $"It is not JSON: line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}.", "Name a report. JSON has no NaN; null stands for it."));
            return null;
        }
    }

    private static byte[]? Text(string file, List<SpecProblem> problems)
    {
        try
        {
            if (new FileInfo(file).Length <= LargestFile)
            {
                return File.ReadAllBytes(file);
            }

            problems.Add(new SpecProblem(file, "It is larger than 1 GiB.", "Name a report."));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add(new SpecProblem(file, $"It cannot be read: {FileFault.Reason(file, error)}.", "Name a file that you may read."));
        }

        return null;
    }
}
