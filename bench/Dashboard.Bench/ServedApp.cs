using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Crossbench.Bench;

/// <summary>The real application in a process of its own, over a data folder, and a Chromium to look at it.</summary>
internal sealed partial class ServedApp : IAsyncDisposable
{
    private static readonly string[] Flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    private readonly Process _process;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ServedApp(Process process, IPlaywright playwright, IBrowser browser, string address) => (_process, _playwright, _browser, Address) = (process, playwright, browser, address);

    /// <summary>Where it serves, without a slash at the end.</summary>
    public string Address { get; }

    /// <summary>Memory of its own that is in use, in bytes: without mapped files, such as the store's.</summary>
    public long OwnMemory => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))[8..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);

    public static async Task<ServedApp> StartAsync(string program, string data)
    {
        var (process, address) = await StartServerAsync(program, data);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium", Args = Flags });
        return new ServedApp(process, playwright, browser, address);
    }

    public async Task<IPage> OpenTabAsync()
    {
        var page = await _browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        page.SetDefaultTimeout(60_000);
        return page;
    }

    /// <summary>Starts one more server over the folder of this one's kind, until a page of it answers a person; in ms. The server is ended.</summary>
    public async Task<double> TimeStartAsync(string program, string data)
    {
        var page = await OpenTabAsync();
        var begun = Stopwatch.GetTimestamp();
        var (process, address) = await StartServerAsync(program, data);
        await page.GotoAsync(address + "/runs");
        await page.WaitForSelectorAsync("html[data-ready]");
        var time = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await page.CloseAsync();
        await EndAsync(process);
        return time;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await EndAsync(_process);
    }

    private static async Task<(Process Process, string Address)> StartServerAsync(string program, string data)
    {
        var process = Process.Start(new ProcessStartInfo(program, ["serve", "--data", data, "--port", "0"]) { RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The application ended before it listened.");
        return (process, Announced().Match(line).Value.TrimEnd('/'));
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Announced();
}
