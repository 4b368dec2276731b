using Bunit;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Support;
using Crossbench.Web.Components.Pages;
using Microsoft.JSInterop;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>The editor of suites.</summary>
public sealed class SuiteEditorTests : SuitePageContext
{
    private const string Small = "name = \"small\"\nseeds = [0, 1]\n[defaults]\ndataset = \"sparse_signal\"\n";

    [Fact]
    public void ShippedFile_IsOpened_WithItsRunsBesideIt()
    {
        var page = Open(typeof(SuiteEditor), "/suites/new?file=benchmarks.mig_dev");
        page.WaitForAssertion(() => Assert.Equal("12 runs", page.Find(".est .big b").TextContent), TimeSpan.FromSeconds(10));
        Assert.Contains("compat: transbench", page.Markup, StringComparison.Ordinal);
        Assert.Contains("stays as it is", page.Markup, StringComparison.Ordinal);
        Assert.Contains("[[bench]]", page.Find("textarea").TextContent, StringComparison.Ordinal);
        Assert.Contains("Launch 12 runs", page.Markup, StringComparison.Ordinal);
        Assert.Equal(0, Runs.Query(new RunQuery()).Total);
    }

    [Fact]
    public void TypedText_IsLookedAt_AndProblemsNameTheirPlace()
    {
        var page = Open(typeof(SuiteEditor), "/suites/new");
        Type(page, Small + "shape.layers = 0\n");
        page.WaitForAssertion(() => Assert.Equal("5:7", page.Find(".probs .at").TextContent), TimeSpan.FromSeconds(10));
        Assert.Contains("bad", page.FindAll(".ed .ln span")[4].ClassName, StringComparison.Ordinal);
        page.Find(".probs .at").Click();
        page.WaitForAssertion(() => Assert.Equal(["suite-text", (object)(Small.Length + 6)], PageModule.VerifyInvoke("place").Arguments), TimeSpan.FromSeconds(10));
        Type(page, Small);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".probs")), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Launch_KeepsTheFile_QueuesTheRuns_AndShowsTheSuite()
    {
        var page = Open(typeof(SuiteEditor), "/suites/new");
        Type(page, Small);
        page.WaitForAssertion(() => Assert.Contains("Launch 2 runs", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        page.Find(".btn.pri").Click();
        page.WaitForAssertion(() => Assert.Matches("/suites/(?!new)[0-9a-z]+$", Addresses.Uri), TimeSpan.FromSeconds(10));
        var suite = Assert.Single(Runs.Suites());
        Assert.Equal(("small", FileOf("small"), Small), (suite.Name, suite.File, File.ReadAllText(suite.File)));
        Assert.Equal([0L, 1], Runs.RunsOf(suite.Id).Select(run => run.Spec.Seed));
    }

    [Fact]
    public void TakenName_IsAProblem_AndTheTextStays()
    {
        Folder.Save("small", "other", null);
        var page = Open(typeof(SuiteEditor), "/suites/new");
        Type(page, Small);
        page.WaitForAssertion(() => Assert.Contains("Launch 2 runs", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        page.Find(".btn.pri").Click();
        page.WaitForAssertion(() => Assert.Contains("There is a suite file small with other content.", page.Find(".probs").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Empty(Runs.Suites());
        Assert.Equal(4 + 1, page.FindAll(".ed .ln span").Count);
    }

    [Fact]
    public void WhatWasTyped_IsKeptByTheBrowser_AndComesBack()
    {
        JSInterop.Setup<string?>("localStorage.getItem", "crossbench.suite").SetResult("mine\n" + Small);
        var page = Open(typeof(SuiteEditor), "/suites/new");
        page.WaitForAssertion(() => Assert.Contains("Your changes from before are back.", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Equal(("mine", Small), (page.Find("#suite-name").GetAttribute("value"), page.Find("textarea").TextContent));
        Type(page, Small + "# more\n");
        page.WaitForAssertion(() => Assert.Contains(JSInterop.Invocations["localStorage.setItem"], call => (string)call.Arguments[1]! == "mine\n" + Small + "# more\n"), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void ABrowserThatKeepsNothing_LeavesTheEditorAsItIs_AndItSaysSo()
    {
        JSInterop.Setup<string?>("localStorage.getItem", "crossbench.suite").SetException(new JSException("The operation is insecure."));
        JSInterop.SetupVoid("localStorage.setItem", _ => true).SetException(new JSException("Quota exceeded."));
        var page = Open(typeof(SuiteEditor), "/suites/new");
        Type(page, Small);
        page.WaitForAssertion(() => Assert.Contains("Launch 2 runs", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Contains("This browser keeps nothing of what is typed here", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void AFaultOfTheStore_IsAProblem_AndTheNextLookGoesOn()
    {
        var page = Open(typeof(SuiteEditor), "/suites/new");
        page.WaitForAssertion(() => Assert.Contains("Launch 6 runs", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        using var store = Runs.Database.Open(pooled: false);
        StoreSchema.Execute(store, "ALTER TABLE run RENAME TO gone");
        Type(page, Small);
        page.WaitForAssertion(() => Assert.Contains("It cannot be looked at now", page.Find(".probs").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        StoreSchema.Execute(store, "ALTER TABLE gone RENAME TO run");
        Type(page, Small + "# more\n");
        page.WaitForAssertion(() => Assert.Contains("Launch 2 runs", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void WhatASuiteCannotTake_IsNamed()
    {
        var page = Open(typeof(SuiteEditor), "/suites/new?spec=form&dataset.id=sparse_signal&training.steps=few&seeds=x&from=0a1b2c3d4e5f%407");
        page.WaitForAssertion(() => Assert.Contains("Made from the form of a new run.", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Contains("runs of a suite begin from scratch", page.Markup, StringComparison.Ordinal);
        Assert.Contains("are no seeds: 0 stands in their place", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Look at training.steps", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void SuiteOfTheStore_IsEditedInItsFile()
    {
        var (suite, _) = SampleSuites.Fill(Runs, Clock, Folder.Save("noise-crossover", SampleSuites.Text, null));
        var page = Open(typeof(SuiteEditor), $"/suites/new?suite={suite.Id}");
        page.WaitForAssertion(() => Assert.Contains("Launch 120 runs", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Type(page, SampleSuites.Text.Replace("[0, 1, 2, 3, 4]", "[0, 1, 2, 3, 4, 5]", StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains("Launch 144 runs", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        page.Find(".btn.pri").Click();
        page.WaitForAssertion(() => Assert.Equal(144, Runs.RunsOf(suite.Id).Count), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void FormOfANewRun_BecomesASuite_WithSeedsAndAGrid()
    {
        var page = Open(typeof(SuiteEditor), "/suites/new?spec=form&dataset.id=sparse_signal&training.steps=50&field=training.learningRate&values=1e-3,3e-3&seeds=0-2");
        page.WaitForAssertion(() => Assert.Equal("6 runs", page.Find(".est .big b").TextContent), TimeSpan.FromSeconds(10));
        Assert.Contains("training.learningRate = [1e-3, 3e-3]", page.Find("textarea").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void NewRun_OffersItsFormAsASuite_AndRefusesWhatAreNoSeeds()
    {
        var page = Open(typeof(NewRun), "/new?dataset.id=sparse_signal&training.steps=50");
        page.Find(".as-suite select").Change("training.learningRate");
        page.Find("input[aria-label='Values of the field']").Input("1e-3,3e-3");
        var href = page.Find(".as-suite a").GetAttribute("href")!;
        Assert.Equal("/suites/new?spec=form&dataset.id=sparse_signal&training.steps=50&field=training.learningRate&values=1e-3,3e-3&seeds=0-4", Uri.UnescapeDataString(href));
        page.Find("input[aria-label=Seeds]").Input("4-1");
        Assert.Empty(page.FindAll(".as-suite a"));
        Assert.Contains("are no seeds", page.Find(".as-suite .err").TextContent, StringComparison.Ordinal);
    }

    private static void Type(IRenderedComponent<HeaderAndPage> page, string text) => page.Find("textarea").Input(text);
}
