using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Crossbench.Datasets;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary>The commands of the program. Data go to standard output, everything else to standard error.</summary>
internal static class CommandLine
{
    public static Option<string?> DataOption { get; } = new("--data")
    {
        Description = "Folder for store, datasets and checkpoints (else CROSSBENCH_DATA, else data).",
        HelpName = "FOLDER",
        Recursive = true,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Crossbench: a workbench and a referee for transformer variants. Without a command it serves the pages.") { DataOption };
        var serve = new ServeCommand();
        serve.AddTo(root);
        root.Subcommands.Add(serve.Create());
        root.Subcommands.Add(TrainCommand.Create());
        root.Subcommands.Add(SuiteCommand.Create());
        root.Subcommands.Add(ArchitecturesCommand.Create());
        root.Subcommands.Add(DatasetsCommand.Create());
        root.Subcommands.Add(PrepareCommand.Create());
        root.Subcommands.Add(LogitsCommand.Create());
        root.Subcommands.Add(ReportCommand.Create());
        root.Subcommands.Add(ImportCommand.Create());
        root.Subcommands.Add(RunsCommand.Create());
        root.Subcommands.Add(PauseCommand.Create());
        root.Subcommands.Add(ResumeCommand.Create());
        root.Subcommands.Add(StopCommand.Create());
        root.Subcommands.Add(CloneCommand.Create());
        root.Subcommands.Add(PriorityCommand.Create());
        root.Subcommands.Add(StoreCommand.Create());
        root.Subcommands.Add(CleanCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(WorkerCommand.Create());
        try
        {
            var parsed = root.Parse(args);
            return parsed.Errors.Count > 0 ? BadUsage(parsed) : parsed.Action is HelpAction ? ShowHelp(parsed) : await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
        }
        catch (SpecException error)
        {
            return Refuse(error.Problems);
        }
        catch (RunStoreException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return ExitCode.Fault;
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"{error.GetType().Name}: {error.Message}");
            return ExitCode.Fault;
        }
    }

    /// <summary>The optional id of a command about one of several things. What looks like an option is one that is not known.</summary>
    /// <param name="description">What is named.</param>
    public static Argument<string?> IdArgument(string description)
    {
        var argument = new Argument<string?>("ID") { Description = description, Arity = ArgumentArity.ZeroOrOne };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] option }, ..])
            {
                result.AddError($"There is no option {option}.");
            }
        });
        return argument;
    }

    /// <summary>Prints problems, one a line.</summary>
    public static int Refuse(IEnumerable<SpecProblem> problems)
    {
        foreach (var problem in problems)
        {
            Console.Error.WriteLine(problem);
        }

        return ExitCode.BadInput;
    }

    /// <summary>The folder that a command works in; made when it is not there.</summary>
    /// <exception cref="SpecException">It cannot be made.</exception>
    public static DataFolder DataFolderOf(ParseResult parsed)
    {
        var named = parsed.GetValue(DataOption) ?? Environment.GetEnvironmentVariable("CROSSBENCH_DATA");
        var root = Path.GetFullPath(string.IsNullOrWhiteSpace(named) ? "data" : named);
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(new SpecProblem("--data", $"{root} cannot be made: {error.Message}", "Name a folder that you may write to."));
        }

        return new DataFolder(root);
    }

    /// <summary>Help names the command that people type, and not the program behind it.</summary>
    private static int ShowHelp(ParseResult parsed)
    {
        var text = new StringWriter();
        var code = parsed.Invoke(new InvocationConfiguration { Output = text });
        Console.Out.Write(text.ToString().Replace($"{RootCommand.ExecutableName} ", OperatingSystem.IsWindows() ? "dotnet run --project Dashboard.Web -- " : "./run ", StringComparison.Ordinal));
        return code;
    }

    private static int BadUsage(ParseResult parsed)
    {
        foreach (var error in parsed.Errors)
        {
            Console.Error.WriteLine(UsageError.Text(error.Message));
        }

        var elsewhere = parsed.UnmatchedTokens.Where(token => parsed.RootCommandResult.Command.Children.OfType<Command>().Any(command => command.Name == token)).ToArray();
        Console.Error.WriteLine(elsewhere.Length == 0 ? "See --help." : $"{elsewhere[0]} is a command of its own: ./run {elsewhere[0]} …");
        return ExitCode.BadInput;
    }
}
