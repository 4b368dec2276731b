namespace Crossbench.Launching;

/// <summary>How many runs a device takes at a time.</summary>
public sealed record DeviceSlots
{
    /// <summary>Runs at a time on the CPU, 1 or more. Two that compute on the same cores slow each other by more than half.</summary>
    public int Cpu { get; init; } = 1;

    /// <summary>Runs at a time on each CUDA device, 1 or more.</summary>
    public int Cuda { get; init; } = 1;

    /// <summary>Slots of a device under its full name (<c>cpu</c>, <c>cuda:0</c>).</summary>
    public int Of(string device) => device == "cpu" ? Cpu : Cuda;
}
