using Crossbench.Suites.Toml;

namespace Crossbench.Suites.TransBench;

/// <summary>One table <c>[[bench]]</c> of a TransBench suite.</summary>
internal static class BenchTable
{
    private const string NameKey = "run_name";

    /// <summary>Reads a table.</summary>
    /// <param name="file">The file.</param>
    /// <param name="number">1-based number of the table, for the name of a run that has none.</param>
    /// <param name="table">The table.</param>
    /// <param name="context">What surrounds the suite.</param>
    public static SuiteDraft Read(string file, int number, TomlTable table, SuiteContext context)
    {
        var problems = new List<SuiteProblem>();
        var texts = new Dictionary<string, string> { [NameKey] = $"suite:{Path.GetFileNameWithoutExtension(file)}#{number}" };
        var settings = new TomlSettings(file, problems);
        foreach (var entry in table.Entries)
        {
            if (entry.Value is TomlTable)
            {
                problems.Add(new SuiteProblem(file, entry.At, new SpecProblem(entry.Key, "A benchmark holds no tables.", "Give a value.")));
            }
            else if (settings.TextOf(entry.Value) is { } text)
            {
                texts[entry.Key] = text;
            }
        }

        var overrides = context.Overrides.GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        var reading = TransBenchConfig.Read(texts, new TransBenchContext { Overrides = overrides });
        problems.AddRange(reading.Problems.Select(problem => new SuiteProblem(file, PlaceOf(table, problem.Path), problem)));
        return new SuiteDraft(file, table.At, [.. reading.Settings.Select(setting => new SuiteSetting(setting.Path, setting.Text, file, PlaceOf(table, setting.Key)))])
        {
            Problems = problems,
            Notes = reading.Notes,
            NameOf = path => reading.KeyOf(path) is { } key ? $"{key} ({path})" : path,
            IsTransBench = true,
        };
    }

    private static TextPosition PlaceOf(TomlTable table, string? key) => (key is null ? null : table.Find(key)?.At) ?? table.At;
}
