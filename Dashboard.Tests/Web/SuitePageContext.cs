using Bunit;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Crossbench.Tests.Web;

/// <summary>Pages of suites over a real store in a folder of its own.</summary>
public abstract class SuitePageContext : PageContext
{
    private readonly TestStore _store = new();

    protected SuitePageContext()
    {
        Folder = new SuiteFolder(_store.Folder);
        Suites = new RecordingLauncher(_store.Store);
        Services.AddSingleton<IRunStore>(_store.Store).AddSingleton<ISuiteStore>(_store.Store).AddSingleton<IRunLauncher>(Suites).AddSingleton(_store.Folder).AddSingleton(Folder).AddSingleton(new DeviceSlots());
    }

    internal SqliteRunStore Runs => _store.Store;

    internal TestClock Clock => _store.Clock;

    internal SuiteFolder Folder { get; }

    internal RecordingLauncher Suites { get; }

    protected NavigationManager Addresses => Services.GetRequiredService<NavigationManager>();

    protected string FileOf(string name) => Path.Combine(_store.Folder.Suites, name + ".toml");

    protected IRenderedComponent<HeaderAndPage> Open(Type page, string address, params (string Name, object? Value)[] values)
    {
        Addresses.NavigateTo(address);
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, page).Add(host => host.Values, values.ToDictionary(item => item.Name, item => item.Value)));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);

        // What a page had begun to read beside its thread may still have the file open.
        SpinWait.SpinUntil(TryDelete, TimeSpan.FromSeconds(10));
    }

    private bool TryDelete()
    {
        try
        {
            _store.Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
