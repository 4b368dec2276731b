using System.Reflection;

namespace Crossbench.Launching;

/// <summary>A program and its first arguments.</summary>
/// <param name="Program">Path of the program.</param>
/// <param name="Arguments">Arguments before those of the worker.</param>
internal sealed record WorkerCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>This very program: its own executable, or <c>dotnet</c> with the assembly it was started with.</summary>
    public static WorkerCommand OfThisProgram()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown, so no worker can be started.");
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? new WorkerCommand(program, [Assembly.GetEntryAssembly()!.Location])
            : new WorkerCommand(program, []);
    }
}
