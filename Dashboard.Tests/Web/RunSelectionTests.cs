using AngleSharp.Dom;
using Bunit;
using Crossbench.Runs;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class RunSelectionTests : PageContext
{
    [Fact]
    public void Selection_TakesARangeWithShift_AndAllThatMatch()
    {
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            Run(name);
        }

        var page = Open("/runs?sort=name");
        page.FindAll("tr.run input")[0].Click();
        page.FindAll("tr.run input")[2].Click(new() { ShiftKey = true });
        Assert.Equal(["a", "b", "c"], page.FindAll("tr.sel .nm").Select(link => link.TextContent));
        Assert.Equal("3", page.Find(".selbar b").TextContent);
        Assert.Equal(Store.Ids(new RunQuery { Order = RunOrder.Name }).Take(3).Select(id => id.Value).Order(), page.Find(".selbar .pri").GetAttribute("href")!["/compare?runs=".Length..].Split(',').Order());

        page.FindAll("tr.run input")[1].Click(new() { ShiftKey = true });
        Assert.Equal(["a"], page.FindAll("tr.sel .nm").Select(link => link.TextContent));
        page.Find(".selbar .c button").Click();
        Assert.Equal("4", page.Find(".selbar b").TextContent);
        Assert.Empty(page.FindAll(".selbar .c button"));
        page.Find("thead input").Change(false);
        page.Find("thead input").Change(true);
        Assert.Equal("4", page.Find(".selbar b").TextContent);
        page.Find("thead input").Change(false);
        Assert.Empty(page.FindAll(".selbar"));
    }

    [Fact]
    public void Actions_DoWhatIsPossible_AndSayOfHowManyItWasNot()
    {
        var (done, waiting) = (Run("done", run => run with { Status = RunStatus.Completed }), Run("waiting"));
        var page = Open();
        page.Find("thead input").Change(true);

        Button(page, "Archive").Click();

        Assert.NotNull(Store.Find(done.Id)!.ArchivedAt);
        Assert.Null(Store.Find(waiting.Id)!.ArchivedAt);
        Assert.Equal(("Archived 1 run", "1 run was not ended yet."), Said());

        Button(page, "Stop").Click();
        Assert.Contains($"stop {waiting.Id}", Launcher.Calls);
        page.Find(".tagm input").Input("night");
        Button(page, "Add").Click();
        Assert.Equal(["night"], Store.Find(waiting.Id)!.Spec.Tags);
        Button(page, "Add").Click();
        Assert.Equal(("Tagged night: 0 runs", "2 runs were with it already."), Said());
        Button(page, "Remove").Click();
        Assert.Empty(Store.Find(waiting.Id)!.Spec.Tags);
        page.Find(".tagm input").Input("a,b");
        Button(page, "Add").Click();
        Assert.Equal("\"a,b\" is not a tag.", Said().Summary);
    }

    [Fact]
    public void Selection_WithoutEndedRuns_DeletesNothing_AndSaysWhy()
    {
        Run("alpha", run => run with { Status = RunStatus.Running });
        var page = Open();
        page.Find("tr.run input[type=checkbox]").Click();
        Button(page, "Delete").Click();
        Assert.Contains("Stop them first", Said().Detail, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("tr.run"));
    }

    [Fact]
    public void Deleted_IsGoneAtOnce_AndUndoBringsItBack()
    {
        var old = Run("old", run => run with { Status = RunStatus.Completed });
        Run("kept");
        var page = Open();
        page.Find("thead input").Change(true);
        Button(page, "Delete").Click();

        Assert.Equal("kept", Assert.Single(page.FindAll("tr.run .nm")).TextContent);
        Assert.Empty(page.FindAll(".selbar"));
        var notifications = Services.GetRequiredService<NotificationService>();
        var message = notifications.Messages.Single();
        Assert.Equal("Deleted 1 run", message.Summary);
        var content = Render(message.DetailContent!(notifications));
        Assert.Contains("1 run in the queue or running stayed.", content.Markup, StringComparison.Ordinal);
        content.Find(".undo").Click();

        Assert.NotNull(Store.Find(old.Id));
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tr.run").Count));
    }

    [Fact]
    public async Task TheTrash_IsListed_AndEmptiedForGoodOnceConfirmed()
    {
        var (first, second) = (Run("first", run => run with { Status = RunStatus.Completed }), Run("second", run => run with { Status = RunStatus.Completed }));
        Store.Trash([first.Id, second.Id], deleted: true);
        var dialogs = Services.GetRequiredService<DialogService>();
        dialogs.OnOpen += (_, _, _, _) => dialogs.Close(true);
        var page = Open("/runs?q=is:deleted&sort=name");
        Assert.Equal(["first", "second"], page.FindAll("tr.run .nm").Select(link => link.TextContent));

        page.FindAll("tr.run input")[0].Click();
        Assert.Empty(page.FindAll(".selbar .pri"));
        Button(page, "Take back").Click();
        Assert.NotNull(Store.Find(first.Id));
        Assert.Empty(page.FindAll(".selbar"));
        page.FindAll("tr.run input")[0].Click();
        await Button(page, "Delete for good").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains($"delete {second.Id}", Launcher.Calls));
    }

    [Fact]
    public void ASelection_IsNotCarriedIntoTheTrash()
    {
        var (live, gone) = (Run("live", run => run with { Status = RunStatus.Completed }), Run("gone", run => run with { Status = RunStatus.Completed }));
        Store.Trash([gone.Id], deleted: true);
        var page = Open();
        page.Find("tr.run input").Click();
        Assert.Equal("1", page.Find(".selbar b").TextContent);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/runs?q=is:deleted");
        page.WaitForAssertion(() => Assert.Equal("gone", page.Find("tr.run .nm").TextContent));
        Assert.Empty(page.FindAll(".selbar"));
        Assert.NotNull(Store.Find(live.Id));
    }

    [Fact]
    public async Task DeleteForGood_LeavesWhatIsNotInTheTrash()
    {
        var (live, gone) = (Run("live", run => run with { Status = RunStatus.Completed }), Run("gone", run => run with { Status = RunStatus.Completed }));
        Store.Trash([gone.Id], deleted: true);
        var dialogs = Services.GetRequiredService<DialogService>();
        dialogs.OnOpen += (_, _, _, _) => dialogs.Close(true);
        var bar = Render<Crossbench.Web.Components.RunTable.SelectionBar>(parameters => parameters.Add(item => item.Selected, [live.Id, gone.Id]).Add(item => item.IsTrash, true));
        await bar.FindAll("button").Single(button => button.TextContent.Trim() == "Delete for good").ClickAsync();
        bar.WaitForAssertion(() => Assert.Contains($"delete {gone.Id}", Launcher.Calls));
        Assert.DoesNotContain($"delete {live.Id}", Launcher.Calls);
        Assert.Equal(("Deleted for good 1 run", "1 run was not in the trash."), Said());
    }

    [Fact]
    public void SelectAll_IsTicked_OnlyForTheListThatItSelected()
    {
        Run("alpha");
        Run("beta");
        var page = Open("/runs?q=alpha");
        page.Find("thead input").Change(true);
        Assert.True(page.Find("thead input").HasAttribute("checked"));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/runs?q=beta");
        page.WaitForAssertion(() => Assert.Equal("beta", page.Find("tr.run .nm").TextContent));
        Assert.False(page.Find("thead input").HasAttribute("checked"));
    }

    private static IElement Button(IRenderedComponent<HeaderAndPage> page, string title) => page.FindAll(".selbar button").Single(button => button.TextContent.Trim() == title);

    private (string Summary, string Detail) Said() => Services.GetRequiredService<NotificationService>().Messages.Last() is var message ? (message.Summary, message.Detail) : default;

    private IRenderedComponent<HeaderAndPage> Open(string address = "/runs")
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, typeof(RunList)));
    }
}
