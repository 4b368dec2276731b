using Crossbench.Reports.Export;
using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web;

/// <summary>Addresses of pages; the only place that spells them.</summary>
internal static class Urls
{
    /// <summary>The runs for other programs.</summary>
    public const string Api = "/api";

    /// <summary>The list of runs.</summary>
    public const string Runs = "/runs";

    /// <summary>The form for a new run.</summary>
    public const string NewRun = "/new";

    /// <summary>Several runs beside each other.</summary>
    public const string Comparison = "/compare";

    /// <summary>The list of suites, and of the files that they can be made from.</summary>
    public const string Suites = "/suites";

    /// <summary>The editor of a suite.</summary>
    public const string NewSuite = "/suites/new";

    /// <summary>The machine, the store and this server.</summary>
    public const string System = "/system";

    /// <summary>The list of architectures.</summary>
    public const string Architectures = "/architectures";

    /// <summary>One architecture, counted at the size that settings give.</summary>
    public static string Architecture(string id, params IEnumerable<KeyValuePair<string, string>> settings) => $"{Architectures}/{id}{Query(settings)}";

    /// <summary>The form with an architecture, and a preset of it.</summary>
    public static string NewRunOf(string architecture, string? preset = null) => $"/new?architecture.id={architecture}{(preset is null ? "" : $"&preset={preset}")}";

    /// <summary>The list of datasets.</summary>
    public const string Datasets = "/datasets";

    /// <summary>Files that users have uploaded.</summary>
    public const string Imports = "/datasets/imports";

    /// <summary>One dataset, with settings of it.</summary>
    public static string Dataset(string id, params IEnumerable<KeyValuePair<string, string>> settings) => $"{Datasets}/{id}{Query(settings)}";

    /// <summary>The form for a new run with settings.</summary>
    public static string NewRunWith(IEnumerable<KeyValuePair<string, string>> settings) => NewRun + Query(settings);

    /// <summary>A file that a user has uploaded.</summary>
    public static string Import(string name) => $"{Imports}/{Uri.EscapeDataString(name)}";

    /// <summary>One suite.</summary>
    public static string Suite(string id) => $"{Suites}/{id}";

    /// <summary>The editor with a file that comes along or was brought here.</summary>
    public static string NewSuiteOf(string file) => $"{NewSuite}?file={Uri.EscapeDataString(file)}";

    /// <summary>The editor with what a suite was last queued from.</summary>
    public static string NewSuiteFrom(string suite) => $"{NewSuite}?suite={Uri.EscapeDataString(suite)}";

    /// <summary>The editor with a suite around the specification of a form: seeds, and a grid over one field.</summary>
    public static string NewSuiteWith(IEnumerable<KeyValuePair<string, string>> settings, string field, string values, string seeds)
    {
        KeyValuePair<string, string>[] grid = [new("field", field), new("values", values), new("seeds", seeds)];
        return NewSuite + Query([new("spec", "form"), .. settings, .. grid.Where(pair => pair.Value.Length > 0)]);
    }

    /// <summary>The runs of a suite as one file, or several in one.</summary>
    public static string ExportOfSuite(string suite, string format, string? table = null) => $"{Api}/suites/{suite}/export?format={format}{(table is null ? "" : $"&table={table}")}";

    /// <summary>Some runs: one by itself, several in the list.</summary>
    public static string RunsOf(IReadOnlyList<RunId> runs) => runs is [var one] ? Run(one) : $"{Runs}?q={Uri.EscapeDataString(string.Join(" or ", runs.Select(run => $"id:{run}")))}";

    /// <summary>One run.</summary>
    public static string Run(RunId id) => $"/runs/{id}";

    /// <summary>A run as one HTML file, to keep.</summary>
    public static string Export(RunId id) => $"{Api}/runs/{id}/export?format=html";

    /// <summary>Some runs beside each other.</summary>
    public static string Compare(IEnumerable<RunId> runs) => $"{Comparison}?runs={string.Join(',', runs)}";

    /// <summary>Every point of some metrics of some runs, as CSV.</summary>
    public static string Series(IReadOnlyList<RunId> runs, IReadOnlyList<string> metrics) =>
        $"{Api}/series{Query([new("runs", string.Join(',', runs)), new("metrics", string.Join(',', metrics))])}";

    /// <summary>Some runs in one file.</summary>
    public static string ExportMany(IEnumerable<RunId> ids, ReportFormat format) => $"{Api}/export?runs={string.Join(',', ids)}&format={format.ToString().ToLowerInvariant()}";

    /// <summary>The form, filled with the specification of a run.</summary>
    public static string NewRunFrom(RunId id) => $"/new?like={id}";

    private static QueryString Query(IEnumerable<KeyValuePair<string, string>> settings) => QueryString.Create(settings.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)));

    /// <summary>The current address with parts of its query changed; null takes a part away.</summary>
    public static string With(NavigationManager navigation, params (string Key, string? Value)[] changes) =>
        navigation.GetUriWithQueryParameters(changes.ToDictionary(change => change.Key, change => (object?)(string.IsNullOrEmpty(change.Value) ? null : change.Value)));
}
