using System.Diagnostics;
using System.Text;
using Crossbench.Datasets;
using Crossbench.Runs;

namespace Crossbench.Launching;

/// <summary>
/// A worker that this process has started: <c>worker RUN --data FOLDER</c> of the same program, in a session of its own and with its output in the run's log
/// file, so that neither Ctrl-C on a terminal nor the end of this process ends it.
/// </summary>
public sealed class WorkerProcess : IDisposable
{
    private const int TailBytes = 4096;

    private readonly Process _process;

    private WorkerProcess(Process process)
    {
        _process = process;
        Exited = process.WaitForExitAsync();
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Ends when the process has ended.</summary>
    public Task Exited { get; }

    /// <summary>How it ended; 128 + N after signal N. Null while it lives.</summary>
    public int? ExitCode => Exited.IsCompleted ? _process.ExitCode : null;

    /// <summary>Starts a worker for a run.</summary>
    /// <exception cref="IOException">The folder for workers cannot be used.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static WorkerProcess Start(DataFolder folder, RunId id) => Start(folder, id, WorkerCommand.OfThisProgram());

    /// <summary>File that gets all output of a run's workers.</summary>
    public static string LogFile(DataFolder folder, RunId id) => Path.Combine(folder.Workers, $"{id}.log");

    /// <summary>The last lines that workers of a run wrote, oldest first; none when there is no log.</summary>
    public static IReadOnlyList<string> LastLines(DataFolder folder, RunId id, int count)
    {
        var log = new FileInfo(LogFile(folder, id));
        if (!log.Exists)
        {
            return [];
        }

        using var stream = log.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Max(0, stream.Length - TailBytes);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(count)];
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    internal static WorkerProcess Start(DataFolder folder, RunId id, WorkerCommand command)
    {
        Directory.CreateDirectory(folder.Workers);
        string[] arguments = [command.Program, .. command.Arguments, "worker", id.Value, "--data", folder.Root];

        // The working directory stays: a relative path in a specification means for the worker what it meant for the form.
        return new WorkerProcess(Process.Start(Detached(LogFile(folder, id), arguments))!);
    }

    /// <summary>Ends the worker at once.</summary>
    internal void Kill() => _process.Kill();

    /// <summary>
    /// The shell only redirects and then becomes the worker, which so keeps the process id that is known here. File names and arguments reach it as
    /// parameters, never as text of a script. Without setsid (macOS) the worker is made deaf to the signals of a terminal; on Windows it has no console.
    /// </summary>
    private static ProcessStartInfo Detached(string log, string[] arguments)
    {
        const string Redirect = """log=$1; shift; exec "$@" >>"$log" 2>&1 </dev/null""";
        if (OperatingSystem.IsWindows())
        {
            return new ProcessStartInfo(arguments[0], arguments[1..]) { CreateNoWindow = true, CreateNewProcessGroup = true };
        }

        // Redirected, so that the runtime does not tend the terminal for the child; the shell replaces all three at once.
        return OperatingSystem.IsLinux()
            ? new ProcessStartInfo("/usr/bin/setsid", ["/bin/sh", "-c", Redirect, "worker", log, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true }
            : new ProcessStartInfo("/bin/sh", ["-c", "trap '' INT QUIT HUP; " + Redirect, "worker", log, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
    }
}
