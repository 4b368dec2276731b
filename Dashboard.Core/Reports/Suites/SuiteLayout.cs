using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports.Suites;

/// <summary>A setting in which runs of a selection differ.</summary>
/// <param name="Path">Its path in a specification.</param>
/// <param name="IsRow">Whether it tells rows apart; else columns.</param>
/// <param name="CanMove">Whether it may stand on the other axis: all but the architecture itself.</param>
/// <param name="Values">Its values, in order of appearance.</param>
public sealed record VaryingSetting(string Path, bool IsRow, bool CanMove, IReadOnlyList<string> Values)
{
    /// <summary>The last part of the path.</summary>
    public string ShortName => Path[(Path.LastIndexOf('.') + 1)..];
}

/// <summary>A row of a matrix: an architecture with the options that tell it from others of its kind.</summary>
/// <param name="Key">Architecture and details; unlike those of all other rows.</param>
/// <param name="Architecture">Id of the architecture.</param>
/// <param name="Variant">0 for the first row of that architecture, 1 for the second …</param>
/// <param name="Details">What differs from its defaults, where rows differ in it; may be empty.</param>
/// <param name="IsCausal">False when its options let it see the future.</param>
public sealed record MatrixRow(string Key, string Architecture, int Variant, string Details, bool IsCausal)
{
    /// <summary>Which shade of its architecture's colour it has: 0 for the defaults, else one that follows from its details, so that it is the same in every selection that has room for it.</summary>
    public int Shade { get; init; }
}

/// <summary>A column of a matrix: one point of the settings that vary beside the architecture.</summary>
/// <param name="Key">Its settings; unlike those of all other columns.</param>
/// <param name="Details">Its settings for people.</param>
/// <param name="Position">Where it stands on the axis, when that is one number or the share of noise.</param>
/// <param name="NoiseShare">Real share of the tokens of a row that are noise, where the columns differ in it.</param>
/// <param name="Chance">Loss at chance, where the data tell it without being read.</param>
/// <param name="Floor">Smallest reachable loss, likewise.</param>
public sealed record MatrixColumn(string Key, string Details, double? Position, double? NoiseShare, double? Chance, double? Floor);

/// <summary>
/// Where each run of a selection stands in a matrix of architectures by settings; seeds share a cell. Made of specifications alone, so it holds as long as the
/// selection does. No setting in which runs differ is left out, so that a cell never mixes two specifications.
/// </summary>
public sealed class SuiteLayout
{
    private readonly Dictionary<RunId, (int Row, int Column)> _places = [];

    private SuiteLayout(IReadOnlyList<VaryingSetting> settings) => Settings = settings;

    /// <summary>What varies, in the order of a specification.</summary>
    public IReadOnlyList<VaryingSetting> Settings { get; }

    /// <summary>The rows, in order of appearance.</summary>
    public IReadOnlyList<MatrixRow> Rows { get; private set; } = [];

    /// <summary>The columns: by noise, by the one number that varies, else in order of appearance.</summary>
    public IReadOnlyList<MatrixColumn> Columns { get; private set; } = [];

    /// <summary>Whether columns are shares of noise.</summary>
    public bool IsNoise => Columns.Count > 0 && Columns[0].NoiseShare is not null;

    /// <summary>Whether columns stand on an axis of numbers, two at least.</summary>
    public bool IsAxis => Columns.Count > 1 && Columns.All(column => column.Position is not null);

    /// <summary>The row that is compared with when nobody chose one: the first of the architecture that a new run opens on, else the first that sees no future.</summary>
    public int UsualBaseline => new[] { IndexOf(row => row.Architecture == ModelZoo.All[0].Id), IndexOf(row => row.IsCausal), 0 }.First(row => row >= 0);

    /// <summary>The cell of a run; null when the layout was made without it.</summary>
    public (int Row, int Column)? PlaceOf(RunId run) => _places.TryGetValue(run, out var place) ? place : null;

    /// <summary>Lays a selection out.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="rows">Paths that tell rows apart; by itself: what belongs to the architecture, and what does not take the same values with each of them.</param>
    public static SuiteLayout Of(IReadOnlyList<RunRecord> runs, IReadOnlyCollection<string>? rows = null) => Arrange(runs, rows is null ? null : path => rows.Contains(path));

    /// <summary>Lays out runs that somebody picked: what decides what is predicted makes columns, everything else in which they differ makes rows.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="rows">Paths that tell rows apart in place of that.</param>
    public static SuiteLayout OfSelection(IReadOnlyList<RunRecord> runs, IReadOnlyCollection<string>? rows = null) =>
        Arrange(runs, path => rows?.Contains(path) ?? !RunSpecReader.IsOfData(path));

    private static SuiteLayout Arrange(IReadOnlyList<RunRecord> runs, Func<string, bool>? isRow)
    {
        var drafts = runs.Select(run => new LayoutDraft(run)).ToArray();
        var varying = LayoutDraft.Varying(drafts, isRow);
        var layout = new SuiteLayout(varying);
        var rowPaths = varying.Where(setting => setting.IsRow).Select(setting => setting.Path).ToArray();
        var columnPaths = varying.Where(setting => !setting.IsRow).Select(setting => setting.Path).ToArray();
        var rowGroups = drafts.GroupBy(draft => draft.PointOf(rowPaths)).ToArray();
        var columnGroups = drafts.GroupBy(draft => draft.PointOf(columnPaths)).ToArray();
        layout.Rows = RowsOf(drafts, rowGroups, rowPaths);
        var columns = columnGroups.Select(group => (Group: group, Column: ColumnOf(drafts, [.. group], columnPaths))).ToArray();
        var shares = columns.Select(item => item.Column.NoiseShare).ToArray();
        var isNoise = columns.Length > 1 && shares.All(share => share is not null) && shares.Distinct().Count() == columns.Length;
        var placed = columns.Select(item => (item.Group, Column: item.Column with { NoiseShare = isNoise ? item.Column.NoiseShare : null, Position = isNoise ? item.Column.NoiseShare : item.Column.Position })).ToArray();
        var sorted = placed.All(item => item.Column.Position is not null) ? [.. placed.OrderBy(item => item.Column.Position)] : placed;
        layout.Columns = [.. sorted.Select(item => item.Column)];
        var rowOf = rowGroups.Index().SelectMany(group => group.Item.Select(draft => (draft.Run.Id, group.Index))).ToDictionary();
        foreach (var (index, item) in sorted.Index())
        {
            foreach (var draft in item.Group)
            {
                layout._places[draft.Run.Id] = (rowOf[draft.Run.Id], index);
            }
        }

        return layout;
    }

    private static MatrixRow[] RowsOf(LayoutDraft[] all, IGrouping<string, LayoutDraft>[] groups, string[] paths)
    {
        var variants = new Dictionary<string, int>();
        var rows = new List<MatrixRow>();
        foreach (var group in groups)
        {
            var first = group.First();
            var id = first.Spec.Architecture.Id;
            var telling = paths.Where(path => path != LayoutDraft.ArchitectureId && LayoutDraft.DiffersWithin(all.Where(draft => draft.Spec.Architecture.Id == id), path)).ToArray();
            var details = string.Join(" · ", first.Described(telling.Where(first.IsChanged)));
            var variant = variants[id] = variants.GetValueOrDefault(id, -1) + 1;
            rows.Add(new MatrixRow(details.Length == 0 ? id : $"{id} {details}", id, variant, details, ModelZoo.Find(id)!.IsCausal(first.Spec.Architecture.Options)));
        }

        var shades = RowShades.Of(rows);
        return [.. rows.Select((row, i) => row with { Shade = shades[i] })];
    }

    private static MatrixColumn ColumnOf(LayoutDraft[] all, LayoutDraft[] group, string[] paths)
    {
        var first = group[0];
        var telling = paths.Where(path => path == LayoutDraft.DatasetId || !path.StartsWith("dataset.", StringComparison.Ordinal)
            || LayoutDraft.DiffersWithin(all.Where(draft => draft.Spec.Dataset.Id == first.Spec.Dataset.Id), path)).ToArray();
        double? position = telling.Length == 1 && double.TryParse(first.Value(telling[0]), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
        var facts = group.Select(draft => draft.Facts).Distinct().ToArray();
        var details = string.Join(" · ", first.Described(telling));
        return new MatrixColumn(details, details, position, Agreed(facts.Select(item => item.NoiseShare)), Agreed(facts.Select(item => item.Chance)), Agreed(facts.Select(item => item.Floor)));
    }

    /// <summary>The value that all share, or null.</summary>
    internal static double? Agreed(IEnumerable<double?> values) => values.Distinct().Take(2).ToArray() is [var one] ? one : null;

    private int IndexOf(Func<MatrixRow, bool> fits) => Rows.Index().Where(row => fits(row.Item)).Select(row => row.Index).FirstOrDefault(-1);
}

/// <summary>A run as a layout sees it.</summary>
internal sealed class LayoutDraft
{
    public const string ArchitectureId = "architecture.id";
    public const string DatasetId = "dataset.id";
    private const string ArchitecturePrefix = "architecture.";
    private static readonly string[] Untold = ["name", "seed", "tags", "notes", "training.keepLast", "training.keepBest", "training.keepEvery"];
    private readonly Dictionary<string, string> _settings;
    private readonly Lazy<HashSet<string>> _changes;

    public LayoutDraft(RunRecord run)
    {
        Run = run;
        _settings = RunSpecJson.Flatten(RunSpecJson.Write(run.Spec)).Where(pair => !Untold.Contains(pair.Key)).ToDictionary();
        _changes = new(() => [.. RunSpecJson.Changes(Spec).Select(pair => pair.Key)]);
    }

    public RunRecord Run { get; }

    public RunSpec Spec => Run.Spec;

    /// <summary>What the data are, by arithmetic.</summary>
    public DatasetFacts Facts => DatasetCatalog.Find(Spec.Dataset.Id)!.Describe(Spec.Dataset.Options, Spec.Shape.ContextLength, SpecValidator.VocabularyOf(Spec));

    public string Value(string path) => _settings.GetValueOrDefault(path, "");

    public bool IsChanged(string path) => _changes.Value.Contains(path);

    public string PointOf(string[] paths) => string.Join('\n', paths.Select(Value));

    /// <summary>Settings in words; ids speak for themselves.</summary>
    public IEnumerable<string> Described(IEnumerable<string> paths) => paths.Select(path =>
    {
        var (name, value) = (path[(path.LastIndexOf('.') + 1)..], Value(path));
        return path is ArchitectureId or DatasetId ? value : value switch { "true" => name, "false" => $"no {name}", "" => $"{name} unset", _ => $"{name} {value}" };
    });

    public static bool DiffersWithin(IEnumerable<LayoutDraft> drafts, string path) => drafts.Select(draft => draft.Value(path)).Distinct().Skip(1).Any();

    /// <summary>What varies, and on which axis.</summary>
    public static VaryingSetting[] Varying(LayoutDraft[] drafts, Func<string, bool>? isRow)
    {
        var paths = drafts.SelectMany(draft => draft._settings.Keys).Distinct().Where(path => DiffersWithin(drafts, path)).ToArray();
        var architectures = drafts.GroupBy(draft => draft.PointOf([.. paths.Where(path => path.StartsWith(ArchitecturePrefix, StringComparison.Ordinal))])).ToArray();
        return [.. paths.Select(path => new VaryingSetting(path, path == ArchitectureId || (isRow?.Invoke(path) ?? BelongsToRows(path)), path != ArchitectureId, [.. drafts.Select(draft => draft.Value(path)).Distinct()]))];

        bool BelongsToRows(string path) => path.StartsWith(ArchitecturePrefix, StringComparison.Ordinal)
            || architectures.Select(group => string.Join('\n', group.Select(draft => draft.Value(path)).Distinct().Order(StringComparer.Ordinal))).Distinct().Skip(1).Any();
    }
}
