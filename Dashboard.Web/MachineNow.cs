using System.ComponentModel;
using System.Diagnostics;

namespace Crossbench.Web;

/// <summary>What can be seen of this machine now, without libtorch.</summary>
internal static class MachineNow
{
    /// <summary>Free bytes on the disk of a folder; null where the system does not tell.</summary>
    public static long? FreeBytes(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Resident memory of a process; null when it is gone or not ours to look at.</summary>
    public static long? MemoryOf(int? process)
    {
        if (process is not { } id)
        {
            return null;
        }

        try
        {
            using var found = Process.GetProcessById(id);
            return found.WorkingSet64;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
