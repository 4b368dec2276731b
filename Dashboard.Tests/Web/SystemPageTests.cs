using AngleSharp.Dom;
using Bunit;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Crossbench.Web;
using Crossbench.Web.Components.Pages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Radzen;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>The page of the machine.</summary>
public sealed class SystemPageTests : SuitePageContext
{
    private readonly ServerLog _log = new(TimeProvider.System);

    public SystemPageTests()
    {
        Services.AddSingleton<IStoreUpkeep>(Runs).AddSingleton(_log).AddSingleton(new WorkerPatience()).AddSingleton(provider => new ServeOptions(provider.GetRequiredService<Crossbench.Datasets.DataFolder>()) { Port = 5099 });
    }

    [Fact]
    public void EmptyStore_SaysWhatIsNotKnownYet()
    {
        var page = Open(typeof(SystemPage), "/system");
        Assert.Contains("Nothing is training now.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Known once a run has trained", page.Markup, StringComparison.Ordinal);
        Assert.Contains("port 5099", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Workers_AreShownWithProcessAndMemory_AndSilenceIsAmberWithItsLimit()
    {
        var run = Runs.Create(SampleRuns.Spec("silent", "sparse_signal", 0, 100));
        Runs.TryTransition(run.Id, RunStatus.Queued, RunStatus.Running, "");
        Runs.Heartbeat(run.Id, Environment.ProcessId);
        Runs.Append(run.Id, [new Noted(3, "Something is odd.", IsWarning: true), new Noted(4, "All is well.")]);
        var page = Open(typeof(SystemPage), "/system");
        var cells = page.Find("table[aria-label=Workers] tbody tr").Children;
        Assert.Equal(("silent", $"{Environment.ProcessId}"), (cells[0].TextContent, cells[1].TextContent));
        Assert.EndsWith("iB", cells[3].TextContent, StringComparison.Ordinal);
        Assert.Contains("limit 30", cells[2].TextContent, StringComparison.Ordinal);
        Assert.Contains("warnfig", cells[2].ClassName, StringComparison.Ordinal);
        Assert.Contains("Something is odd.", page.Find(".log").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("All is well.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Libtorch_IsThatOfTheNewestRun()
    {
        SampleSuites.Fill(Runs, Clock, FileOf("noise-crossover"));
        Assert.Contains("libtorch 1.13.1", Open(typeof(SystemPage), "/system").Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_AndBackup_SayWhatCameOfThem()
    {
        var page = Open(typeof(SystemPage), "/system");
        await Button(page, "Check").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains("The store is sound.", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        await Button(page, "Back up").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains("A copy is at", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        var copy = page.Find(".path input").GetAttribute("value")!;
        Assert.True(File.Exists(copy));
        await Button(page, "Back up").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains("is there already", page.Find(".err").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Compact_AsksFirst_AndIsRefusedWhileARunIsRunning()
    {
        var dialogs = Services.GetRequiredService<DialogService>();
        var answers = new Queue<bool>([false, true]);
        dialogs.OnOpen += (_, _, _, _) => dialogs.Close(answers.Dequeue());
        var run = Runs.Create(SampleRuns.Spec("busy", "sparse_signal", 0, 100));
        Runs.TryTransition(run.Id, RunStatus.Queued, RunStatus.Running, "");
        var page = Open(typeof(SystemPage), "/system");
        await Button(page, "Compact").ClickAsync();
        Assert.Empty(page.FindAll(".err"));
        await Button(page, "Compact").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains("is running and would have to wait", page.Find(".err").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void WarningsOfTheServer_AreKept_TheLatestFirst_AndNothingElse()
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_log));
        var logger = factory.CreateLogger("Crossbench.Launching.RunQueue");
        logger.LogInformation("quiet");
        for (var i = 0; i < 250; i++)
        {
            logger.LogWarning("warning {Number}", i);
        }

        Assert.Equal((200, "warning 249", "RunQueue"), (_log.Lines.Count, _log.Lines[0].Text, _log.Lines[0].Source));
        Assert.Contains("warning 249", Open(typeof(SystemPage), "/system").Markup, StringComparison.Ordinal);
    }

    private static IElement Button(IRenderedComponent<HeaderAndPage> page, string word) => page.FindAll("button").Single(button => button.TextContent == word);
}
