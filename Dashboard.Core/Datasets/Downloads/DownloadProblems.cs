using System.Globalization;

namespace Crossbench.Datasets.Downloads;

/// <summary>What can go wrong with a download, in words.</summary>
internal static class DownloadProblems
{
    private const string PathOption = "dataset.path";
    private const string Ways = $"name a mirror of the hub in {Hub.Variable}, or give the path of a local copy";

    public static SpecProblem NotDownloaded(string name, Uri address, DownloadFault fault, long kept)
    {
        var when = fault.Kind == DownloadFaultKind.Unreachable ? "with a network" : "later";
        var again = fault.Kind == DownloadFaultKind.Final ? "Look at the address" : kept > 0 ? $"Prepare again {when}, which goes on where it stopped" : $"Prepare again {when}";
        return new SpecProblem(PathOption, $"{name} cannot be downloaded from {address}: {fault.Message}.", $"{again}, {Ways}.");
    }

    public static SpecProblem NotTheFile(string name, Uri hub, string reason) =>
        new(PathOption, $"What {hub.Authority} sent as {name} is not it: {reason}. It was not kept.", $"Look at the address: {Ways}.");

    public static SpecProblem NotHere(string what, string command) =>
        new(PathOption, $"{what} is not on this machine yet.", $"Download it with {command}, or give the path of a local copy.");

    public static SpecProblem NoRoom(string path, long needed) => new(
        "", string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)} needs {needed / 1e6:N0} MB more, and the disk of \"{Path.GetDirectoryName(path)}\" has less."), "Make room there, or name another data folder with --data.");

    public static SpecProblem NotWritable(string path, Exception cause) => new(
        "", $"\"{path}\" cannot be written: {FileFault.Reason(path, cause)}.", "Make room there or make it writable, or name another data folder with --data; what has arrived is kept.");

    public static SpecProblem NoAddress(string typed) =>
        new("", $"{Hub.Variable} is \"{typed}\", which is no address.", "Give one that begins with https:// (or http://), or unset it.");
}
