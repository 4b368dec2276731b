using System.Globalization;
using System.Text.RegularExpressions;

namespace Crossbench.Training;

/// <summary>Names of devices: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
public static partial class ComputeDevice
{
    /// <summary>What is wrong with the name of a device, or null. Whether the device exists is known only to the process that trains.</summary>
    public static SpecProblem? Problem(string device) => Pattern().IsMatch(device)
        ? null
        : new SpecProblem("training.device", $"\"{device}\" is not a device.", "Give cpu, cuda or cuda:N.") { Fixes = [new SpecFix("training.device", "cpu")] };

    /// <summary>The device under its full name: <c>cuda</c> is <c>cuda:0</c>.</summary>
    public static string Canonical(string device) => device == "cuda" ? "cuda:0" : device;

    /// <summary>Index of a CUDA device; -1 for the CPU.</summary>
    public static int CudaIndex(string device) =>
        device == "cpu" ? -1 : int.Parse(Canonical(device)[5..], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?)$")]
    private static partial Regex Pattern();
}
