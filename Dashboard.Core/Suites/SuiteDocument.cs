using System.Globalization;
using Crossbench.Suites.Toml;

namespace Crossbench.Suites;

/// <summary>One axis of a grid: at each point it sets one path, or several together.</summary>
/// <param name="Points">The points, in order.</param>
internal sealed record SuiteAxis(IReadOnlyList<IReadOnlyList<SuiteSetting>> Points)
{
    /// <summary>The paths that it sets.</summary>
    public IEnumerable<string> Paths => Points[0].Select(setting => setting.Path);
}

/// <summary>A table <c>[[run]]</c>: what its runs share, and what differs.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Settings">Its own settings.</param>
/// <param name="Axes">Axes of its own.</param>
/// <param name="Seeds">Its seeds, or null.</param>
internal sealed record SuiteEntry(TextPosition At, IReadOnlyList<SuiteSetting> Settings, IReadOnlyList<SuiteAxis> Axes, SuiteAxis? Seeds);

/// <summary>A suite file of our form, as read.</summary>
internal sealed class SuiteDocument
{
    private const string SeedPath = "seed";
    private const string RunKey = "run";
    private const string GridKey = "grid";
    private const string ZipKey = "zip";
    private const string SeedsKey = "seeds";
    private static readonly string[] Keys = ["name", "include", "defaults", SeedsKey, GridKey, ZipKey, RunKey, "expect"];

    /// <summary>First words of the settings of runs.</summary>
    private static readonly string[] Settings = ["architecture", "dataset", "shape", "training", SeedPath, "tags", "notes", "evaluations", "preset"];

    private readonly List<SuiteProblem> _problems;
    private readonly TomlSettings _settings;

    /// <summary>Reads a document.</summary>
    /// <param name="file">The file.</param>
    /// <param name="root">Its root table.</param>
    /// <param name="problems">Gets the problems.</param>
    public SuiteDocument(string file, TomlTable root, List<SuiteProblem> problems)
    {
        (File, _problems, _settings) = (file, problems, new TomlSettings(file, problems));
        var fields = new TomlFields(file, root, problems);
        Name = fields.Text("name");
        Includes = fields.Texts("include");
        Defaults = fields.Table("defaults") is { } defaults ? Defaulted(defaults) : [];
        Seeds = SeedsOf(fields);
        Axes = AxesOf(fields);
        Entries = [.. fields.Tables(RunKey).Select(Entry)];
        Expectations = [.. fields.Tables("expect").Select(table => new ExpectationReader(file, table, problems).Read()).OfType<(SuiteExpectation, TextPosition)>()];
        if (Entries.Count == 0 && (Axes.Count > 0 || Seeds is not null))
        {
            Entries = [new SuiteEntry(new TextPosition(1, 1), [], [], null)];
        }

        fields.RefuseRest(Keys, Elsewhere, $"Known are {string.Join(", ", Keys)}; settings of all runs stand below [defaults], those of some in [[run]].");
    }

    public string File { get; }

    /// <summary>The suite's name, or null.</summary>
    public string? Name { get; }

    /// <summary>Files to include, as written.</summary>
    public IReadOnlyList<(string Text, TextPosition At)> Includes { get; }

    /// <summary>Settings below those of all runs.</summary>
    public IReadOnlyList<SuiteSetting> Defaults { get; }

    /// <summary>Axes of all runs.</summary>
    public IReadOnlyList<SuiteAxis> Axes { get; }

    /// <summary>Seeds of the runs that name none.</summary>
    public SuiteAxis? Seeds { get; }

    /// <summary>The tables <c>[[run]]</c>; without one, a file with a grid or seeds has one that is empty.</summary>
    public IReadOnlyList<SuiteEntry> Entries { get; }

    /// <summary>What is expected, with places.</summary>
    public IReadOnlyList<(SuiteExpectation Expectation, TextPosition At)> Expectations { get; }

    /// <summary>Where a key belongs that is nearly a setting of runs.</summary>
    private static string? Elsewhere(string key) => NearestWord.To(key, Settings) is { } near ? $"{(near == key ? $"{near} is" : $"Did you mean {near}? It is")} a setting of runs: write it below [defaults], or in a [[run]]." : null;

    private IReadOnlyList<SuiteSetting> Defaulted(TomlTable table)
    {
        var fields = new TomlFields(File, table, _problems);
        foreach (var key in new[] { SeedsKey, GridKey, ZipKey, RunKey }.Where(fields.Has))
        {
            fields.Take(key);
            fields.Refuse(fields.PlaceOf(key), $"\"{key}\" is no setting.", $"Write it at the top of the file{(key == RunKey ? "" : ", or in a [[run]]")}.");
        }

        return _settings.Of(fields.Rest());
    }

    private SuiteEntry Entry(TomlTable table)
    {
        var fields = new TomlFields(File, table, _problems);
        var (seeds, axes) = (SeedsOf(fields), AxesOf(fields));
        return new SuiteEntry(table.At, _settings.Of(fields.Rest()), axes, seeds);
    }

    private List<SuiteAxis> AxesOf(TomlFields fields)
    {
        var axes = new List<SuiteAxis>();
        if (fields.Table(GridKey) is { } grid)
        {
            axes.AddRange(_settings.Axes(grid).Where(axis => axis.Count > 0).Select(axis => new SuiteAxis([.. axis.Select(setting => (SuiteSetting[])[setting])])));
        }

        if (fields.Table(ZipKey) is { } zip && _settings.Axes(zip) is { Count: > 0 } together)
        {
            var shortest = together.Min(axis => axis.Count);
            if (together.FirstOrDefault(axis => axis.Count != together[0].Count) is { } other)
            {
                fields.Refuse(zip.At, $"{together[0][0].Path} has {together[0].Count} values and {other[0].Path} has {other.Count}.", "Give lists of one length: the first values make a run, the second ones the next.");
            }

            axes.Add(new SuiteAxis([.. Enumerable.Range(0, shortest).Select(i => (SuiteSetting[])[.. together.Select(axis => axis[i])])]));
        }

        return axes;
    }

    private SuiteAxis? SeedsOf(TomlFields fields)
    {
        if (fields.List(SeedsKey) is not { } list)
        {
            return null;
        }

        var seeds = new List<SuiteSetting[]>();
        foreach (var item in list.Items)
        {
            if (item is not TomlInteger { Number: >= 0 and var seed })
            {
                fields.Refuse(item.At, "A seed is a whole number, 0 or more.", "Write seeds = [0, 1, 2].");
            }
            else if (seeds.Exists(known => known[0].Text == seed.ToString(CultureInfo.InvariantCulture)))
            {
                fields.Refuse(item.At, $"The seed {seed} stands twice.", "Remove one.");
            }
            else
            {
                seeds.Add([new SuiteSetting(SeedPath, seed.ToString(CultureInfo.InvariantCulture), File, item.At)]);
            }
        }

        if (list.Items.Count == 0)
        {
            fields.Refuse(list.At, "The list of seeds is empty.", "Write seeds = [0, 1, 2].");
        }

        return seeds.Count == 0 ? null : new SuiteAxis(seeds);
    }
}
