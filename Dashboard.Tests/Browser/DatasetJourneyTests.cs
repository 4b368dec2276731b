using System.Text;
using Crossbench.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>What a person does with data, against the real application and a real browser.</summary>
[Trait("Category", "Browser")]
public sealed class DatasetJourneyTests(JourneyTests.House house) : IClassFixture<JourneyTests.House>
{
    private string Imports => house.Folder.File("datasets/imports");

    [Fact]
    public async Task UploadedText_IsLookedInto_AndOpensANewRun()
    {
        var (page, complaints) = await house.Chromium.OpenAsync(house.Web.Address + "runs");
        await page.Locator("html[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("d");
        await page.WaitForURLAsync("**/datasets", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
        var content = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"Line {i} says hello to the world.\n"));
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "lines.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(content) });
        await page.GetByText("lines.txt is here").WaitForAsync();
        Assert.Equal(content, await File.ReadAllTextAsync(Path.Combine(Imports, "lines.txt"), TestContext.Current.CancellationToken));
        await Screens.SaveAsync(page, "journey-import");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download lines.txt" }).ClickAsync());
        Assert.Equal(content, await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));

        await page.GetByRole(AriaRole.Link, new() { Name = "Look into it" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Look" }).ClickAsync();
        await page.Locator("[data-state=done]").WaitForAsync();
        Assert.Contains("Line␣", string.Concat((await page.Locator(".tks").First.AllTextContentsAsync()).SelectMany(text => text.Split())), StringComparison.Ordinal);
        await page.ReloadAsync();
        await page.Locator("[data-state=done]").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New run with this" }).ClickAsync();
        await Assertions.Expect(page.Locator("#option-dataset-path")).ToHaveValueAsync(Path.Combine(Imports, "lines.txt"));
        Assert.Empty(complaints);

        await page.GotoAsync(house.Web.Address + "datasets");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete lines.txt" }).ClickAsync();
        await page.Locator(".rz-dialog").GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await page.GetByText("lines.txt is deleted.").WaitForAsync();
        Assert.False(File.Exists(Path.Combine(Imports, "lines.txt")));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task LongPreparation_ShowsItsProgress_AndEndsWhenCancelledOrLeft()
    {
        var (page, complaints) = await house.Chromium.OpenAsync(house.Web.Address + "datasets/stories?dataset.stories=900000");
        await page.Locator("html[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Button, new() { Name = "Look" }).ClickAsync();
        await page.WaitForFunctionAsync("() => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 0");
        await Screens.SaveAsync(page, "journey-preparing");
        await Screens.AssertAccessibleAsync(page);
        Assert.NotEmpty(Unfinished());

        // The page answers meanwhile.
        await page.Locator("#option-dataset-seed").FillAsync("x");
        await page.Locator("#option-dataset-seed-problem .pb").WaitForAsync();
        await page.Locator("#option-dataset-seed").FillAsync("0");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.Locator("[data-state=stopped]").WaitForAsync();
        Assert.Empty(Unfinished());

        await page.GetByRole(AriaRole.Button, new() { Name = "Look" }).ClickAsync();
        await page.Locator("[role=progressbar]").WaitForAsync();
        await WhenAsync(() => Unfinished().Length > 0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Runs" }).First.ClickAsync();
        await WhenAsync(() => Unfinished().Length == 0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("datasets/text?look=true&dataset.path=", ".pb", "journey-long-path")]
    [InlineData("new?dataset.id=text&dataset.path=", ".pb", "journey-long-path-new")]
    [InlineData("datasets/noisy_text?dataset.stories=100&look=true&dataset.field=", ".clean", "journey-noisy")]
    public async Task LongNames_StayWithinTheScreen(string address, string wanted, string name)
    {
        var (page, _) = await house.Chromium.OpenAsync($"{house.Web.Address}{address}{new string('a', 100)}.txt");
        await page.Locator(wanted).First.WaitForAsync();
        await Screens.AssertEveryLookAsync(page, name);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task UploadThatBreaksOff_LeavesNoFile()
    {
        var (page, _) = await house.Chromium.OpenAsync(house.Web.Address + "datasets");
        await page.Locator("html[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var large = house.Folder.Write("large.txt", new string('a', 120_000_000));
        await page.Locator("input[type=file]").SetInputFilesAsync(large);
        await page.WaitForFunctionAsync("() => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 0");
        await Screens.SaveAsync(page, "journey-uploading");
        Assert.NotEmpty(Directory.GetFiles(Imports, ".*.partial"));
        await page.CloseAsync();
        await WhenAsync(() => Directory.GetFiles(Imports, ".*.partial").Length == 0);
        Assert.False(File.Exists(Path.Combine(Imports, "large.txt")));
        File.Delete(large);
    }

    private string[] Unfinished() => Directory.Exists(house.Folder.Data.Datasets) ? Directory.GetFiles(house.Folder.Data.Datasets, "*.partial") : [];

    private static async Task WhenAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isSo())
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}
