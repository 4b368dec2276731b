using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using static Crossbench.Web.Cli.TextSections;

namespace Crossbench.Web.Cli;

/// <summary><c>doctor</c>: what is installed, what is missing, how to get it, and how the store is.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> Json = RunActions.JsonOption();

    public static Command Create()
    {
        var command = new Command("doctor", "Says what is installed, what is missing and how to get it, and how the store is. Exit code 2 when something keeps runs from training, 1 when the store is damaged.") { Json };
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = CommandLine.DataFolderOf(parsed);
        var backend = TrainingBackend.Problem();
        var (store, isSound, problems) = LookAtStore(folder);
        var free = MachineNow.FreeBytes(folder.Root);
        var warnings = Warnings(free);
        if (parsed.GetValue(Json))
        {
            RunJson.Print(new
            {
                version = Version, dotnet = Environment.Version.ToString(), system = RuntimeInformation.OSDescription, cores = Environment.ProcessorCount, threads = new TrainingOptions().ThreadCount,
                memoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, avx2 = Avx2.IsSupported, avx512 = Avx512F.IsSupported, data = folder.Root, freeBytes = free, served = FolderLock.IsServed(folder),
                backend = backend is null ? TrainingBackend.Describe() : null, store = store is null ? null : new { file = store.Path, bytes = store.Bytes, runs = store.Runs, points = store.Points, sound = isSound },
                problems = (backend is null ? problems : [backend, .. problems]).Select(problem => problem.ToString()), warnings,
            });
        }
        else
        {
            Write(folder, store, free, backend);
            problems.ForEach(problem => Console.Out.WriteLine($"Problem      {problem}"));
            warnings.ForEach(warning => Console.Out.WriteLine($"Warning      {warning}"));
        }

        return !isSound ? ExitCode.Fault : backend is not null || problems.Count > 0 ? ExitCode.BadInput : ExitCode.Completed;
    }

    private static string? Version => typeof(DoctorCommand).Assembly.GetName().Version?.ToString(3);

    private static void Write(DataFolder folder, StoreReport? store, long? free, SpecProblem? backend)
    {
        var size = store is null ? "none yet" : Invariant($"{store.Runs:N0} runs, {store.Points:N0} points, {RunText.Plain(Format.Bytes(store.Bytes))}");
        Console.Out.WriteLine($"Crossbench   {Version}");
        Console.Out.WriteLine($".NET         {Environment.Version} on {RuntimeInformation.OSDescription}");
        Console.Out.WriteLine(Invariant($"Cores        {Environment.ProcessorCount}, of which a run uses {new TrainingOptions().ThreadCount}{(Avx512F.IsSupported ? "; AVX-512" : Avx2.IsSupported ? "; AVX2" : "")}"));
        Console.Out.WriteLine($"Memory       {RunText.Plain(Format.Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes))}");
        Console.Out.WriteLine($"Data         {folder.Root}, {RunText.Plain(Format.Bytes(free))} free{(FolderLock.IsServed(folder) ? "; served now" : "")}");
        Console.Out.WriteLine($"Store        {size}");
        Console.Out.WriteLine($"Backend      {(backend is null ? TrainingBackend.Describe() : backend)}");
    }

    /// <summary>The store as it is; one that is not there is not made for a look.</summary>
    private static (StoreReport? Report, bool IsSound, List<SpecProblem> Problems) LookAtStore(DataFolder folder)
    {
        if (!File.Exists(folder.StoreFile))
        {
            return (null, true, []);
        }

        try
        {
            using var store = SqliteRunStore.OpenToRead(folder, TimeProvider.System);
            var problems = store.Check(quick: true).Select(problem => new SpecProblem("", $"The run store {store.File} is damaged: {problem}", "Put back a copy, or move it away.")).ToList();
            return (store.Report(), problems.Count == 0, store.IsReadOnly ? [new SpecProblem("", $"The run store {store.File} cannot be written.", "Make the file and its folder writable."), .. problems] : problems);
        }
        catch (SpecException unusable)
        {
            return (null, true, [.. unusable.Problems]);
        }
    }

    private static List<string> Warnings(long? free)
    {
        const long LittleBytes = 1L << 30;
        var warnings = new List<string>();
        if (Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is { Length: > 0 } core && core != "SkylakeX" && Avx512F.IsSupported)
        {
            warnings.Add($"OPENBLAS_CORETYPE is {core}, set by your shell. This CPU has AVX-512: unset it, and matrix products are up to twice as fast.");
        }

        if (free < LittleBytes)
        {
            warnings.Add($"Only {RunText.Plain(Format.Bytes(free))} are free on the disk of the data folder. A full disk pauses runs; see what can go with: clean --dry-run, and store size.");
        }

        return warnings;
    }
}
