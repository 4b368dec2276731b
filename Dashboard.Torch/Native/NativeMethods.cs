using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The entries of the native library, by group. A tensor result of 0 and a status of -1 mean failure; the message waits in xb_last_error.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Lib = Dashboard.Torch.TorchLibrary.Name;
    private const int MessageLines = 4;

    internal static string Text(byte* text) => text == null ? throw Failure() : Marshal.PtrToStringUTF8((nint)text)!;

    internal static void Check(long status)
    {
        if (status < 0)
        {
            Throw();
        }
    }

    [DoesNotReturn]
    internal static void Throw() => throw Failure();

    [SuppressMessage("Usage", "CA2201", Justification = "TorchSharp throws this type; the same code must catch it with both providers.")]
    internal static ExternalException Failure()
    {
        var message = Marshal.PtrToStringUTF8((nint)xb_last_error()) ?? "";
        return new ExternalException(string.Join('\n', message.Split('\n').Take(MessageLines)).TrimEnd());
    }
}
