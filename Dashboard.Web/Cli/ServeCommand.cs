using System.CommandLine;
using Crossbench.Launching;

namespace Crossbench.Web.Cli;

/// <summary><c>serve</c>, the default: the pages, the queue and its workers.</summary>
internal sealed class ServeCommand
{
    private readonly Option<int> _port = new("--port") { Description = "Port to listen on.", HelpName = "N", DefaultValueFactory = _ => 5080 };
    private readonly Option<string> _host = new("--host") { Description = "Address to listen on; anything but a loopback address asks for a login token.", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _upload = new("--upload-limit") { Description = "Largest file that the page takes, in MiB.", HelpName = "MIB", DefaultValueFactory = _ => ServeOptions.DefaultUploadMebibytes };

    private readonly Option<int> _cpuRuns = new("--cpu-runs") { Description = "Runs at a time on the CPU, 1 to 64; two on the same cores slow each other by more than half.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _gpuRuns = new("--gpu-runs") { Description = "Runs at a time on each CUDA device, 1 to 64.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _deadline = new("--stop-deadline") { Description = "Seconds after which a worker that was asked to pause or stop and goes on is killed, 1 to 86400; at least three of its own steps.", HelpName = "SECONDS", DefaultValueFactory = _ => 30 };

    public Command Create()
    {
        var command = new Command("serve", "Serves the pages and runs the queue (the default).");
        AddTo(command);
        return command;
    }

    /// <summary>Makes a command serve.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_host);
        command.Options.Add(_upload);
        command.Options.Add(_cpuRuns);
        command.Options.Add(_gpuRuns);
        command.Options.Add(_deadline);
        command.SetAction((parsed, cancellation) =>
        {
            var problems = new[] { InRange(parsed, _cpuRuns, 64), InRange(parsed, _gpuRuns, 64), InRange(parsed, _deadline, 86_400) }.OfType<SpecProblem>().ToArray();
            return problems.Length > 0 ? Task.FromResult(CommandLine.Refuse(problems)) : WebHost.RunAsync(Options(parsed), cancellation);
        });
    }

    private static SpecProblem? InRange(ParseResult parsed, Option<int> option, int most) => parsed.GetValue(option) is var value && value >= 1 && value <= most
        ? null
        : new SpecProblem(option.Name, $"{value} is outside the range.", $"Give a whole number, 1 to {most}.");

    private ServeOptions Options(ParseResult parsed) => new(CommandLine.DataFolderOf(parsed), parsed.GetValue(_host)!, parsed.GetValue(_port), parsed.GetValue(_upload) * ServeOptions.Mebibyte)
    {
        Slots = new DeviceSlots { Cpu = parsed.GetValue(_cpuRuns), Cuda = parsed.GetValue(_gpuRuns) },
        Patience = new WorkerPatience { End = TimeSpan.FromSeconds(parsed.GetValue(_deadline)) },
    };
}
