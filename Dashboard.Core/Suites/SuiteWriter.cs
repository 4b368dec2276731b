using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Training;

namespace Crossbench.Suites;

/// <summary>Writes a suite file around one specification: many runs of it, over seeds and the values of a field.</summary>
public static partial class SuiteWriter
{
    private const string ArchitectureId = "architecture.id";
    private const string DatasetId = "dataset.id";
    private static readonly string[] LeftOut = ["name", "seed", "from"];

    /// <summary>The file.</summary>
    /// <param name="spec">What all runs share, but for seed and grid.</param>
    /// <param name="field">Path whose values make runs; null for none.</param>
    /// <param name="values">Its values.</param>
    /// <param name="seeds">The seeds.</param>
    public static string Write(RunSpec spec, string? field, IReadOnlyList<string> values, IReadOnlyList<long> seeds)
    {
        var fields = new RunSpecFields(ModelZoo.Find(spec.Architecture.Id)!, DatasetCatalog.Find(spec.Dataset.Id)!);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"name = {Quoted(spec.Name)}\n");
        text.Append(CultureInfo.InvariantCulture, $"seeds = [{string.Join(", ", seeds)}]\n\n[defaults]\n");
        KeyValuePair<string, string>[] settings = [new(ArchitectureId, spec.Architecture.Id), new(DatasetId, spec.Dataset.Id), .. RunSpecJson.Changes(spec).Where(pair => !LeftOut.Contains(pair.Key))];
        foreach (var (path, value) in settings.Where(pair => pair.Key != field))
        {
            text.Append(CultureInfo.InvariantCulture, $"{path} = {Value(fields, path, value)}\n");
        }

        if (field is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[grid]\n{field} = [{string.Join(", ", values.Select(value => Value(fields, field, value)))}]\n");
        }

        return text.ToString();
    }

    /// <summary>Reads seeds as a person writes them: 0-4, or 0, 1, 5.</summary>
    /// <returns>Null when they cannot be read.</returns>
    public static IReadOnlyList<long>? ReadSeeds(string text)
    {
        var seeds = new List<long>();
        foreach (var part in text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (SeedRange().Match(part) is not { Success: true } match
                || !int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(match.Groups[2].Success ? match.Groups[2].Value : match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                || last < first || last - first >= SuiteExpander.MostRuns)
            {
                return null;
            }

            seeds.AddRange(Enumerable.Range(first, last - first + 1).Select(seed => (long)seed));
        }

        return seeds.Count == 0 || seeds.Distinct().Count() != seeds.Count ? null : seeds;
    }

    /// <summary>A number or a flag stands bare where the option is one; all else in quotes, which every option reads.</summary>
    private static string Value(RunSpecFields fields, string path, string value) => fields.Find(path)?.Field.Kind switch
    {
        OptionKind.Integer or OptionKind.Number when Bare().IsMatch(value) => value,
        OptionKind.Flag when value is "true" or "false" => value,
        _ => Quoted(value),
    };

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\u007f' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Bare();

    [GeneratedRegex(@"\A([0-9]{1,9})(?:-([0-9]{1,9}))?\z")]
    private static partial Regex SeedRange();
}
