using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Crossbench.Bench;

/// <summary>The encoder in JavaScript of the npm package that GPT-2's ranks come from.</summary>
internal sealed class NodePeer
{
    private readonly string _module;

    private NodePeer(string module) => _module = module;

    /// <summary>The peer; null when node or the package is missing.</summary>
    public static NodePeer? Find()
    {
        var module = Path.Combine(BenchTexts.Root, "wwwroot-assets", "node_modules", "gpt-tokenizer", "esm", "encoding", "r50k_base.js");
        try
        {
            return File.Exists(module) && Start("--version").ExitCode == 0 ? new NodePeer(module) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Encodes a text twice in a process of its own and times the second; megabytes a second.</summary>
    public (double Encode, double? Decode) Time(string path, byte[] text)
    {
        File.WriteAllBytes(path, text);
        var (exitCode, output) = Start(Path.Combine(AppContext.BaseDirectory, "peer-gpt2.mjs"), _module, path);
        return exitCode == 0 ? (text.Length / 1e6 / double.Parse(output, CultureInfo.InvariantCulture), null) : throw new InvalidOperationException("gpt-tokenizer failed.");
    }

    private static (int ExitCode, string Output) Start(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
