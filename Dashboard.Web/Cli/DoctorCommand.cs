using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary><c>doctor</c>: what is installed, what is missing, how to get it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Says what is installed, what is missing, and how to get it.");
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = CommandLine.DataFolderOf(parsed);
        Console.Out.WriteLine($"Crossbench   {typeof(DoctorCommand).Assembly.GetName().Version?.ToString(3)}");
        Console.Out.WriteLine($".NET         {Environment.Version} on {RuntimeInformation.OSDescription}");
        Console.Out.WriteLine($"Cores        {Environment.ProcessorCount}");
        Console.Out.WriteLine($"Data         {folder.Root}");
        if (TrainingBackend.Problem() is { } problem)
        {
            Console.Out.WriteLine($"Backend      {problem}");
            return ExitCode.BadInput;
        }

        Console.Out.WriteLine($"Backend      {TrainingBackend.Describe()}");
        if (Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is { Length: > 0 } core && core != "SkylakeX" && Avx512F.IsSupported)
        {
            Console.Out.WriteLine($"Warning      OPENBLAS_CORETYPE is {core}, set by your shell. This CPU has AVX-512: unset it, and matrix products are up to twice as fast.");
        }

        return ExitCode.Completed;
    }
}
