using System.CommandLine;

namespace Crossbench.Web.Cli;

/// <summary><c>serve</c>, the default: the pages, the queue and its workers.</summary>
internal sealed class ServeCommand
{
    private readonly Option<int> _port = new("--port") { Description = "Port to listen on.", HelpName = "N", DefaultValueFactory = _ => 5080 };
    private readonly Option<string> _host = new("--host") { Description = "Address to listen on; anything but a loopback address asks for a login token.", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _upload = new("--upload-limit") { Description = "Largest file that the page takes, in MiB.", HelpName = "MIB", DefaultValueFactory = _ => ServeOptions.DefaultUploadMebibytes };

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
        command.SetAction((parsed, cancellation) =>
            WebHost.RunAsync(new ServeOptions(CommandLine.DataFolderOf(parsed), parsed.GetValue(_host)!, parsed.GetValue(_port), parsed.GetValue(_upload) * ServeOptions.Mebibyte), cancellation));
    }
}
