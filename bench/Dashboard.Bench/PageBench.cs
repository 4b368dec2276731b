using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Runs.Sqlite;
using Microsoft.Playwright;

namespace Crossbench.Bench;

/// <summary>
/// Times pages in the real application and in Chromium: from the start of the process to a page that answers, the list of 100,000 runs from the click to the
/// painted rows, its filters and orders; and weighs what an idle page keeps of the server's memory.
/// </summary>
internal static class PageBench
{
    private const int IdlePages = 20;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var program, ..] || !File.Exists(program))
        {
            Console.Error.WriteLine("Name the built program: pages PATH. bench/pages does.");
            return 2;
        }

        var times = args.Contains("--quick") ? 3 : 9;
        var root = Directory.CreateTempSubdirectory("crossbench-bench-");
        var other = Directory.CreateTempSubdirectory("crossbench-bench-");
        try
        {
            var folder = new DataFolder(root.FullName);
            using var store = SqliteRunStore.Open(folder, TimeProvider.System);
            RunListBench.Fill(store, folder);
            await using var app = await ServedApp.StartAsync(program, root.FullName);
            List<(string Name, double Value, string Unit, double Limit)> results =
            [
                ("start to the first page that answers", await MedianAsync(times, () => app.TimeStartAsync(program, other.FullName)), "ms", 3000),
                .. await VisitsAsync(app, times),
                ("memory of an idle page", await IdleAsync(app), "MB", 15),
            ];
            foreach (var (name, value, unit, limit) in results)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {value:0.#} {unit}, limit {limit:0} {unit}"));
            }

            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { results = results.Select(item => new { name = item.Name, value = Math.Round(item.Value, 1), unit = item.Unit, limit = item.Limit }) }));
            }

            return 0;
        }
        finally
        {
            root.Delete(recursive: true);
            other.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<(string Name, double Value, string Unit, double Limit)>> VisitsAsync(ServedApp app, int times)
    {
        var page = await app.OpenTabAsync();
        await page.GotoAsync(app.Address + "/system");
        await page.WaitForSelectorAsync("html[data-ready]");
        (string Name, string From, string Path, string Ready, double Limit)[] visits =
        [
            ("100,000 runs, click to first rows", "/system", "/runs", "document.querySelectorAll('tr.run').length > 10", 300),
            ("100,000 runs, filter by words", "/runs", "/runs?q=sweep%20run-77", "document.querySelector('.total')?.textContent.includes(' of ') && document.querySelector('tr.run')?.textContent.includes('run-77')", 200),
            ("100,000 runs, filter by loss", "/runs", "/runs?q=loss%3C1", "document.querySelector('.total')?.textContent.includes(' of ')", 200),
            ("100,000 runs, sorted by eval loss", "/runs", "/runs?sort=EvalLoss", "document.querySelector('th[aria-sort=ascending], th[aria-sort=descending]')?.textContent.includes('Eval') && document.querySelectorAll('tr.run').length > 10", 200),
        ];
        var results = new List<(string, double, string, double)>();
        foreach (var visit in visits)
        {
            var median = await MedianAsync(times, async () =>
            {
                await page.GotoAsync(app.Address + visit.From);
                await page.WaitForSelectorAsync("html[data-ready]");
                await page.WaitForSelectorAsync(visit.From == "/runs" ? "tr.run" : "h1");
                return await page.EvaluateAsync<double>(Visit(visit.Path, visit.Ready));
            });
            results.Add((visit.Name, median, "ms", visit.Limit));
        }

        await page.CloseAsync();
        return results;
    }

    /// <summary>Goes to an address inside the application and waits for the frame in which what is looked for can be seen.</summary>
    private static string Visit(string path, string ready) =>
        $$"""
        async () => {
          const begun = performance.now();
          Blazor.navigateTo('{{path}}');
          await new Promise((done, broken) => {
            const look = () => {{ready}} ? requestAnimationFrame(() => setTimeout(done))
              : performance.now() - begun > 20000 ? broken(new Error('{{path}} did not come.')) : requestAnimationFrame(look);
            look();
          });
          return performance.now() - begun;
        }
        """;

    /// <summary>What each of several open pages that nobody touches adds to the server's own memory, in MB; garbage not yet collected counts.</summary>
    private static async Task<double> IdleAsync(ServedApp app)
    {
        var first = await OpenIdleAsync(app);
        var before = app.OwnMemory;
        var pages = new List<IPage> { first };
        for (var i = 0; i < IdlePages; i++)
        {
            pages.Add(await OpenIdleAsync(app));
        }

        var kept = (app.OwnMemory - before) / (1024.0 * 1024 * IdlePages);
        foreach (var page in pages)
        {
            await page.CloseAsync();
        }

        return kept;
    }

    private static async Task<IPage> OpenIdleAsync(ServedApp app)
    {
        var page = await app.OpenTabAsync();
        await page.GotoAsync(app.Address + "/runs");
        await page.WaitForSelectorAsync("html[data-ready]");
        await page.WaitForSelectorAsync("tr.run");
        return page;
    }

    private static async Task<double> MedianAsync(int times, Func<Task<double>> measure)
    {
        var all = new List<double>();
        for (var i = 0; i <= times; i++)
        {
            all.Add(await measure());
        }

        // The first is a warm-up.
        return all.Skip(1).Order().ElementAt(times / 2);
    }
}
