using System.Text.Json;
using Microsoft.Playwright;

namespace Crossbench.Bench;

/// <summary>A page of the real application in headless Chromium, and a look at when its charts are painted.</summary>
internal sealed class ChartPage : IAsyncDisposable
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

    private readonly ServedApp _app;
    private readonly IPage _page;

    private ChartPage(ServedApp app, IPage page) => (_app, _page) = (app, page);

    public static async Task<ChartPage> OpenAsync(string program, string data)
    {
        var app = await ServedApp.StartAsync(program, data);
        var page = await app.OpenTabAsync();
        await page.AddInitScriptAsync(Watch);
        return new ChartPage(app, page);
    }

    /// <summary>Goes to a page with a chart, again and again, from another page of the application.</summary>
    /// <returns>From the call of the library, and from the click, to the painted frame.</returns>
    public async Task<IReadOnlyList<(double Paint, double Whole)>> PaintAsync(string path, int times)
    {
        var found = new List<(double, double)>();
        for (var i = 0; i <= times; i++)
        {
            await _page.GotoAsync(_app.Address + "/datasets");
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
        await _page.GotoAsync(_app.Address + path);
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

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
