using System.Globalization;
using Crossbench.Runs;
using Crossbench.Web.Live;
using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>The suites of the store, live, and the files that a suite can be made from.</summary>
public sealed partial class SuiteList : LiveComponent
{
    private IReadOnlyList<SuiteRecord> _suites = [];
    private IReadOnlyDictionary<string, IReadOnlyDictionary<RunStatus, int>> _tallies = new Dictionary<string, IReadOnlyDictionary<RunStatus, int>>();
    private IReadOnlyList<SuiteFile> _files = [];

    [Inject]
    private ISuiteStore Store { get; set; } = null!;

    [Inject]
    private SuiteFolder Folder { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync()
    {
        _files = Folder.List();
        return WatchAsync(null, ReloadAsync);
    }

    private Task ReloadAsync(CancellationToken cancellation)
    {
        (_suites, _tallies) = (Store.Suites(), Store.SuiteTallies());
        return Task.CompletedTask;
    }

    private SuiteTally TallyOf(SuiteRecord suite) => new(_tallies.GetValueOrDefault(suite.Id) ?? new Dictionary<RunStatus, int>());

    private static string Exact(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
