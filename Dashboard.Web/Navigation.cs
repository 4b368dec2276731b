namespace Crossbench.Web;

/// <summary>A page of the side bar.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Icon">Its icon.</param>
/// <param name="Href">Its address.</param>
/// <param name="Prefixes">Beginnings of the addresses that belong to it.</param>
/// <param name="Keys">Keys that open it, as the keyboard help shows them.</param>
internal sealed record NavigationItem(string Title, string Icon, string Href, IReadOnlyList<string> Prefixes, string Keys);

/// <summary>What the keyboard does.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Effect">What they do.</param>
internal sealed record Shortcut(string Keys, string Effect);

/// <summary>The pages, in the order of the side bar, and the keyboard.</summary>
internal static class Navigation
{
    /// <summary>The pages.</summary>
    public static IReadOnlyList<NavigationItem> Items { get; } =
    [
        new("Runs", "runs", Urls.Runs, ["", "runs"], "g r"),
        new("New run", "new", Urls.NewRun, ["new"], "n"),
        new("Compare", "compare", Urls.Comparison, ["compare"], "g c"),
        new("Suites", "suites", Urls.Suites, ["suites"], "g s"),
        new("Architectures", "layers", Urls.Architectures, ["architectures"], "g a"),
        new("Datasets", "data", Urls.Datasets, ["datasets"], "g d"),
        new("System", "system", Urls.System, ["system"], "g y"),
    ];

    /// <summary>The keys that work on every page, then those of single pages.</summary>
    public static IReadOnlyList<Shortcut> Shortcuts { get; } =
    [
        .. Items.Select(item => new Shortcut(item.Keys, item.Title)),
        new("Ctrl K", "Do something, or go to a page or a run"),
        new("/", "Filter runs"),
        new("j k", "Next and previous run"),
        new("x", "Select the run"),
        new("Esc", "Clear the selection, close"),
        new("c", "Compare the selected runs, or this one"),
        new("p", "Pause or resume the run"),
        new("e", "Edit name, tags and notes of the run"),
        new("?", "These keys"),
    ];

    /// <summary>True when an address, relative to the base, belongs to a page.</summary>
    public static bool IsCurrent(NavigationItem item, string relative)
    {
        var first = relative.Split('/', '?', '#')[0];
        return item.Prefixes.Contains(first);
    }
}
