using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Crossbench.Bench;

/// <summary>The real application in a process of its own, a page of it in headless Chromium, and a look at when its charts are painted.</summary>
internal sealed partial class ChartPage : IAsyncDisposable
{
    // Notes when the library is asked to draw, and the frame in which it can be seen.
    private const string Watch = """
        window.__drawn = [];
        let library;
        Object.defineProperty(window, 'Plotly', {
          get: () => library,
          set: value => {
            library = value;
            const react = value.react;
            value.react = async (element, data, ...rest) => {
              const from = Date.now();
              const result = await react.call(value, element, data, ...rest);
              const last = Object.fromEntries(data.filter(trace => trace.x.length && trace.mode !== undefined).map(trace => [trace.name, trace.x.at(-1)]));
              requestAnimationFrame(() => setTimeout(() => window.__drawn.push({ from, at: Date.now(), lines: data.length, last })));
              return result;
            };
          }
        });
        """;

    // Loads the library, as an earlier chart of a working day would have.
    private const string Warm = """
        () => new Promise(done => {
          const script = document.createElement('script');
          script.src = 'lib/plotly-cartesian.min.js';
          script.onload = done;
          document.head.append(script);
        })
        """;

    private static readonly string[] Flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    private readonly Process _program;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IPage _page;
    private readonly string _address;

    private ChartPage(Process program, IPlaywright playwright, IBrowser browser, IPage page, string address) => (_program, _playwright, _browser, _page, _address) = (program, playwright, browser, page, address);

    public static async Task<ChartPage> OpenAsync(string program, string data)
    {
        var process = Process.Start(new ProcessStartInfo(program, ["serve", "--data", data, "--port", "0"]) { RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The application ended before it listened.");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium", Args = Flags });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        page.SetDefaultTimeout(60_000);
        await page.AddInitScriptAsync(Watch);
        return new ChartPage(process, playwright, browser, page, Address().Match(line).Value.TrimEnd('/'));
    }

    /// <summary>Goes to a page with a chart, again and again, from another page of the application.</summary>
    /// <returns>From the call of the library, and from the click, to the painted frame.</returns>
    public async Task<IReadOnlyList<(double Paint, double Whole)>> PaintAsync(string path, int times)
    {
        var found = new List<(double, double)>();
        for (var i = 0; i <= times; i++)
        {
            await _page.GotoAsync(_address + "/datasets");
            await _page.WaitForSelectorAsync("html[data-ready]");
            await _page.EvaluateAsync(Warm);
            var clicked = await _page.EvaluateAsync<double>("path => { window.__drawn.length = 0; const now = Date.now(); Blazor.navigateTo(path); return now; }", path);
            await _page.WaitForFunctionAsync("() => window.__drawn.some(item => item.lines >= 50)");
            var (from, at) = (await _page.EvaluateAsync<double>("() => window.__drawn.find(item => item.lines >= 50).from"), await _page.EvaluateAsync<double>("() => window.__drawn.find(item => item.lines >= 50).at"));
            found.Add((at - from, at - clicked));
        }

        return found[1..];
    }

    /// <summary>Opens a page whose charts are watched from now on.</summary>
    public async Task WatchAsync(string path)
    {
        await _page.GotoAsync(_address + path);
        await _page.WaitForSelectorAsync("[data-chart]");
    }

    /// <summary>How long after each step was told it was seen first.</summary>
    public async Task<IReadOnlyList<double>> LatenciesAsync(Dictionary<(string Name, long Step), double> told)
    {
        using var document = JsonDocument.Parse(await _page.EvaluateAsync<string>("() => JSON.stringify(window.__drawn)"));
        var drawn = document.RootElement.EnumerateArray().Select(item => (At: item.GetProperty("at").GetDouble(), Last: LastOf(item.GetProperty("last")))).ToArray();
        return [.. told.Select(item => drawn.FirstOrDefault(picture => picture.At >= item.Value && picture.Last.GetValueOrDefault(item.Key.Name) >= item.Key.Step).At - item.Value).Select(time => time < 0 ? double.PositiveInfinity : time)];
    }

    private static Dictionary<string, double> LastOf(JsonElement lines) =>
        lines.EnumerateObject().Where(line => line.Value.ValueKind == JsonValueKind.Number).ToDictionary(line => line.Name, line => line.Value.GetDouble());

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _program.Kill();
        await _program.WaitForExitAsync();
        _program.Dispose();
    }

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Address();
}
