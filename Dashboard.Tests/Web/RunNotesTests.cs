using AngleSharp.Dom;
using Bunit;
using Crossbench.Runs;
using Crossbench.Web.Components.Controls;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class RunNotesTests : PageContext
{
    [Fact]
    public void Notes_AreMarkdown_WithHtmlAsText()
    {
        var run = Run("alpha", run => run with { Spec = run.Spec with { Notes = "<script>alert(1)</script>\n**bold**" } });
        var notes = Open(run).Find(".notes");
        Assert.Equal("<script>alert(1)</script>\nbold", notes.TextContent.Trim());
        Assert.Equal("bold", notes.QuerySelector("strong")!.TextContent);
        Assert.Empty(notes.QuerySelectorAll("script"));
    }

    [Fact]
    public void APreview_FollowsWhatIsTyped()
    {
        var view = Open(Run("alpha"));
        Button(view, "Edit").Click();
        Assert.Contains("Markdown", view.Find("#notes-text-help").TextContent, StringComparison.Ordinal);
        Button(view, "Preview").Click();
        Assert.Contains("There are no notes yet.", view.Find(".preview").TextContent, StringComparison.Ordinal);
        view.Find("#notes-text").Input("# Night\n<i>");
        Assert.Equal(("Night", "true"), (view.Find(".preview h3").TextContent, Button(view, "Preview").GetAttribute("aria-pressed")));
        Assert.Empty(view.FindAll(".preview i"));
        Button(view, "Preview").Click();
        Assert.Empty(view.FindAll(".preview"));
    }

    [Fact]
    public void WhatWasTyped_WhenTheServerWentAway_IsBack_WithTheEditionThatItBeganFrom()
    {
        var run = Run("alpha");
        Store.Edit(run.Id, 0, RunLabels.Of(run) with { Notes = "theirs" });
        PageModule.Setup<Dictionary<string, string>?>("typed").SetResult(new() { ["notes-text"] = "mine", ["keep"] = "0" });
        var view = Open(Store.Find(run.Id)!);

        view.WaitForAssertion(() => Assert.Equal("mine", view.Find("#notes-text").GetAttribute("value")));
        Assert.Contains("Restored what you typed.", view.Markup, StringComparison.Ordinal);
        Assert.Contains("Somebody has edited this run since you began.", view.Markup, StringComparison.Ordinal);
        view.Find("form").Submit();
        Assert.Equal("theirs", Store.Find(run.Id)!.Spec.Notes);
        Button(view, "Save mine over theirs").Click();
        Assert.Equal("mine", Store.Find(run.Id)!.Spec.Notes);
        Assert.NotEmpty(PageModule.Invocations["forget"]);
    }

    [Fact]
    public void AStoreThatCannotBeWritten_IsSaid_AndTheFormStays()
    {
        var run = Run("alpha");
        var view = Open(run);
        Button(view, "Edit").Click();
        view.Find("#notes-text").Input("mine");
        Store.Fault = new RunStoreException("The disk is full.", new IOException());
        view.Find("form").Submit();
        Assert.Equal("The disk is full.", Services.GetRequiredService<NotificationService>().Messages.Single().Detail);
        Assert.Equal("mine", view.Find("#notes-text").GetAttribute("value"));
        Store.Fault = null;
        view.Find("form").Submit();
        Assert.Equal("mine", Store.Find(run.Id)!.Spec.Notes);
    }

    [Fact]
    public void AnEdit_IsSaved_AndShown()
    {
        var run = Run("alpha");
        var view = Open(run);
        Button(view, "Edit").Click();
        view.Find("#notes-name").Input("beta");
        view.Find("#notes-tags").Input(" sweep, night ,");
        view.Find("#notes-text").Input("two\r\nlines");
        view.Find("form").Submit();

        var saved = Store.Find(run.Id)!;
        Assert.Equal(("beta", "sweep night", "two\nlines"), (saved.Spec.Name, string.Join(' ', saved.Spec.Tags), saved.Spec.Notes));
        Assert.Equal("two\nlines", view.Find(".notes").TextContent.Trim());
        Assert.Empty(view.FindAll("form"));
    }

    [Fact]
    public void Mistakes_StandBesideTheirFields_AndNothingIsSaved()
    {
        var run = Run("alpha");
        var view = Open(run);
        Button(view, "Edit").Click();
        view.Find("#notes-name").Input(" ");
        view.Find("#notes-text").Input("kept");
        view.Find("form").Submit();

        Assert.Contains("is not a name", view.Find("#notes-name-problem").TextContent, StringComparison.Ordinal);
        Assert.Equal("kept", view.Find("#notes-text").GetAttribute("value"));
        Assert.Equal("", Store.Find(run.Id)!.Spec.Notes);
    }

    [Theory]
    [InlineData("Save mine over theirs", "mine", "beta")]
    [InlineData("Take theirs", "theirs", "alpha")]
    public void WhoComesSecond_SeesBothTexts_AndDecides(string choice, string notes, string name)
    {
        var run = Run("alpha");
        var view = Open(run);
        Button(view, "Edit").Click();
        view.Find("#notes-name").Input("beta");
        view.Find("#notes-text").Input("mine");
        Store.Edit(run.Id, 0, RunLabels.Of(run) with { Notes = "theirs", Tags = ["other"] });
        view.Render(parameters => parameters.Add(view => view.Run, Store.Find(run.Id)!));
        Assert.Contains("Somebody has edited this run since you began", view.Find(".warnp").TextContent, StringComparison.Ordinal);
        Assert.Equal("mine", view.Find("#notes-text").GetAttribute("value"));

        view.Find("form").Submit();
        Assert.Equal("theirs", Store.Find(run.Id)!.Spec.Notes);
        Assert.Equal(["beta", "", "mine"], view.FindAll(".conflict del").Select(text => text.TextContent));
        Assert.Equal(["alpha", "other", "theirs"], view.FindAll(".conflict ins").Select(text => text.TextContent));
        Button(view, choice).Click();
        if (choice == "Take theirs")
        {
            view.Find("form").Submit();
        }

        Assert.Equal((notes, name), (Store.Find(run.Id)!.Spec.Notes, Store.Find(run.Id)!.Spec.Name));
    }

    [Fact]
    public void BothTexts_CanBePutTogether()
    {
        var run = Run("alpha");
        var view = Open(run);
        Button(view, "Edit").Click();
        view.Find("#notes-tags").Input("mine");
        view.Find("#notes-text").Input("my text");
        Store.Edit(run.Id, 0, RunLabels.Of(run) with { Notes = "their text", Tags = ["theirs"] });
        view.Find("form").Submit();
        Button(view, "Put both together").Click();

        Assert.Equal(("theirs, mine", "their text\n\nmy text"), (view.Find("#notes-tags").GetAttribute("value"), view.Find("#notes-text").GetAttribute("value")));
        Assert.Equal("their text", Store.Find(run.Id)!.Spec.Notes);
        view.Find("form").Submit();
        Assert.Equal("their text\n\nmy text", Store.Find(run.Id)!.Spec.Notes);
    }

    [Fact]
    public async Task LeavingWithUnsavedText_AsksFirst()
    {
        var run = Run("alpha");
        var view = Open(run);
        var (addresses, dialogs, asked) = (Services.GetRequiredService<NavigationManager>(), Services.GetRequiredService<DialogService>(), 0);
        dialogs.OnOpen += (_, _, _, _) => dialogs.Close(++asked > 1);
        Button(view, "Edit").Click();
        addresses.NavigateTo("/datasets");
        Assert.Equal(0, asked);
        view.Find("#notes-text").Input("typed");

        await view.InvokeAsync(() => addresses.NavigateTo("/runs"));
        view.WaitForAssertion(() => Assert.Equal(1, asked));
        Assert.EndsWith("/datasets", addresses.Uri, StringComparison.Ordinal);
        await view.InvokeAsync(() => addresses.NavigateTo("/runs"));
        view.WaitForAssertion(() => Assert.EndsWith("/runs", addresses.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public void AnEndedRun_IsArchived_AndDeletedWithAWayBack()
    {
        Assert.Equal(["Edit"], Open(Run("live")).FindAll("button").Select(button => button.TextContent.Trim()));
        var run = Run("old", run => run with { Status = RunStatus.Completed });
        var view = Open(run);
        Button(view, "Archive").Click();
        Assert.NotNull(Store.Find(run.Id)!.ArchivedAt);
        Button(view, "Put back").Click();
        Assert.Null(Store.Find(run.Id)!.ArchivedAt);
        Button(view, "Delete").Click();

        Assert.Null(Store.Find(run.Id));
        Assert.EndsWith("/runs", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        var notifications = Services.GetRequiredService<NotificationService>();
        var missing = Render<TrashNotice>(parameters => parameters.Add(notice => notice.Id, run.Id.Value));
        Assert.Contains("old was deleted", missing.Markup, StringComparison.Ordinal);
        Render(notifications.Messages.Single().DetailContent!(notifications)).Find(".undo").Click();
        Assert.NotNull(Store.Find(run.Id));
        Assert.Equal("", Render<TrashNotice>(parameters => parameters.Add(notice => notice.Id, run.Id.Value)).Markup.Trim());
    }

    private IRenderedComponent<RunNotes> Open(RunRecord run) => Render<RunNotes>(parameters => parameters.Add(view => view.Run, run));

    private static IElement Button(IRenderedComponent<RunNotes> view, string title) => view.FindAll("button").Single(button => button.TextContent.Trim() == title);
}
