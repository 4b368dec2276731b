using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Crossbench.Tests.Browser;

/// <summary>The real application in a process of its own, on a free port, with a data folder of its own.</summary>
internal sealed partial class WebProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _errors;

    private WebProcess(Process process, List<string> errors, string address) => (_process, _errors, Address) = (process, errors, address);

    /// <summary>Where it serves, with a slash at the end.</summary>
    public string Address { get; }

    /// <summary>Memory of its own that is in use, in MB: without mapped files, such as the store's.</summary>
    public double OwnMemory => double.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))[8..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;

    /// <summary>What it said on standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    /// <summary>The built application.</summary>
    public static string Assembly { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Dashboard.Web/bin/Release/net10.0/Dashboard.Web.dll"));

    public static async Task<WebProcess> StartAsync(string dataFolder, int port = 0)
    {
        var process = Start("serve", "--data", dataFolder, "--port", port.ToString(CultureInfo.InvariantCulture));
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                errors.Add(line.Data ?? "");
            }
        };
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Announcement().Match(line) is { Success: true } match)
            {
                return new WebProcess(process, errors, match.Value);
            }
        }

        await process.WaitForExitAsync();
        throw new InvalidOperationException($"The application ended before it listened. {string.Join('\n', errors)}");
    }

    public static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Assembly, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Path.GetTempPath(),
    })!;

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Announcement();
}
