using Bunit;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Crossbench.Web.Live;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace Crossbench.Tests.Web;

/// <summary>Components over a store in memory, a launcher that takes notes, and a browser whose modules take every call.</summary>
public abstract class PageContext : BunitContext
{
    protected PageContext()
    {
        Launcher = new RecordingLauncher(Store);
        Services.AddSingleton<IRunStore>(Store).AddSingleton<IRunLauncher>(Launcher).AddSingleton<IRunChanges>(Changes).AddSingleton(Visibility);
        Services.AddSingleton(TimeProvider.System).AddSingleton(new DataFolder(Path.GetTempPath())).AddSingleton(new DeviceSlots()).AddRadzenComponents();
        JSInterop.Mode = JSRuntimeMode.Loose;
        ChartModule = JSInterop.SetupModule("./js/chart.js");
        ChartModule.Mode = JSRuntimeMode.Loose;
        Chart = ChartModule.SetupModule(invocation => invocation.Identifier == "init");
        Chart.Mode = JSRuntimeMode.Loose;
        PageModule = JSInterop.SetupModule("./js/page.js");
        PageModule.Mode = JSRuntimeMode.Loose;
        MathModule = JSInterop.SetupModule("./js/math.js");
        MathModule.Mode = JSRuntimeMode.Loose;
    }

    internal InMemoryRunStore Store { get; } = new();

    internal RecordingLauncher Launcher { get; }

    internal ManualRunChanges Changes { get; } = new();

    internal PageVisibility Visibility { get; } = new();

    /// <summary>The chart module.</summary>
    protected BunitJSModuleInterop ChartModule { get; }

    /// <summary>The chart that the module gave.</summary>
    protected BunitJSModuleInterop Chart { get; }

    /// <summary>The page's module.</summary>
    protected BunitJSModuleInterop PageModule { get; }

    /// <summary>The module that typesets.</summary>
    protected BunitJSModuleInterop MathModule { get; }

    /// <summary>A run in the store, changed as told.</summary>
    protected RunRecord Run(string name, Func<RunRecord, RunRecord>? change = null)
    {
        var run = Store.Create(SampleRuns.Spec(name, "sparse_signal", 0, 1000));
        return Store.Put(change is null ? run : change(run));
    }

    /// <summary>Puts training losses of some steps into the store.</summary>
    protected void Measure(RunId id, int first, int count)
    {
        for (var step = first; step < first + count; step++)
        {
            Store.Measure(id, TrainingMetrics.TrainLoss.Name, step, 8 - (step * 0.001));
            Store.Measure(id, TrainingMetrics.Elapsed.Name, step, step * 0.1);
        }
    }
}
