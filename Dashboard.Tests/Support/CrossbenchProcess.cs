using System.Diagnostics;

namespace Crossbench.Tests.Support;

/// <summary>The real program in a process of its own.</summary>
internal sealed class CrossbenchProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private CrossbenchProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Path of the program that the solution built.</summary>
    public static string Executable { get; } = Path.Combine(Repository.Root, "Dashboard.Web", "bin", "Release", "net10.0", "Dashboard.Web");

    public int Id => _process.Id;

    public static CrossbenchProcess Start(TempFolder folder, params string[] arguments) => Start(folder, new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with further variables of the environment.</summary>
    public static CrossbenchProcess Start(TempFolder folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder.Path };
        start.Environment["CROSSBENCH_DATA"] = folder.File("data");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new CrossbenchProcess(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(TempFolder folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return await process.EndAsync();
    }

    public async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return (_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
