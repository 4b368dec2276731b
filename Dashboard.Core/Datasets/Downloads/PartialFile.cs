using System.Text.Json;

namespace Crossbench.Datasets.Downloads;

/// <summary>How a file on a server is told from another, or from itself changed.</summary>
/// <param name="Address">Where it was asked for.</param>
/// <param name="Tag">Its entity tag, where that is a strong one.</param>
/// <param name="Modified">When it was changed, as the server writes it.</param>
/// <param name="Sha256">Its hash, in lower-case hexadecimal digits, where the server tells it.</param>
/// <param name="Length">Its length, where the server tells it.</param>
internal sealed record RemoteIdentity(string Address, string? Tag, string? Modified, string? Sha256, long? Length)
{
    /// <summary>Whether a later part can be known to belong to an earlier one.</summary>
    public bool IsTellable => Tag is not null || Modified is not null || Sha256 is not null;

    /// <summary>Whether both may be the same file.</summary>
    public bool Agrees(RemoteIdentity other) => Address == other.Address && Same(Sha256, other.Sha256) && Same(Length, other.Length)
        && (Sha256 is not null || (Same(Tag, other.Tag) && Same(Modified, other.Modified)));

    private static bool Same<T>(T? a, T? b) => a is null || b is null || a.Equals(b);
}

/// <summary>What has arrived of a download: a file beside its place, and another that says of what. Whoever has it open has it alone.</summary>
internal sealed class PartialFile : IDisposable
{
    private const string Unfinished = ".partial";
    private readonly string _path;
    private readonly FileStream _file;

    /// <summary>Opens what there is of a download, or begins it.</summary>
    /// <param name="path">Where the whole file will be.</param>
    /// <param name="address">Where it comes from; of what came from elsewhere nothing is kept.</param>
    /// <param name="open">Opens a file to be read and written, which is created when it is not there.</param>
    public PartialFile(string path, Uri address, Func<string, FileStream> open)
    {
        _path = path;
        _file = open(path + Unfinished);
        Identity = ReadIdentity(path + Unfinished + ".json");
        if (Identity is not { IsTellable: true } || Identity.Address != address.AbsoluteUri || _file.Length > Identity.Length)
        {
            Restart();
        }

        _file.Position = _file.Length;
    }

    /// <summary>Where the whole file will be.</summary>
    public string Path => _path;

    /// <summary>Of what file the bytes are; null while there are none.</summary>
    public RemoteIdentity? Identity { get; private set; }

    /// <summary>Bytes so far.</summary>
    public long Length => _file.Position;

    /// <summary>Forgets what has arrived.</summary>
    public void Restart()
    {
        File.Delete(_path + Unfinished + ".json");
        Identity = null;
        _file.SetLength(0);
        _file.Position = 0;
    }

    /// <summary>Says of what file the first bytes are.</summary>
    public void Begin(RemoteIdentity identity)
    {
        File.WriteAllText(_path + Unfinished + ".json", JsonSerializer.Serialize(identity));
        Identity = identity;
    }

    /// <summary>Adds bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _file.Write(bytes);

    /// <summary>Passes on all bytes so far.</summary>
    public void Read(Action<ReadOnlySpan<byte>> take)
    {
        var (block, offset) = (new byte[1 << 20], 0L);
        while (RandomAccess.Read(_file.SafeFileHandle, block, offset) is var read and > 0)
        {
            take(block.AsSpan(0, read));
            offset += read;
        }
    }

    /// <summary>Puts the whole file, checked before, in its place.</summary>
    /// <param name="sha256">The hash of its bytes.</param>
    public void Complete(string sha256)
    {
        _file.Flush(flushToDisk: true);
        WholeFile.Vouch(_path, new VouchedFile(Identity!.Address, _file.Length, sha256, Identity.Sha256 is not null));
        _file.Dispose();
        File.Move(_path + Unfinished, _path, overwrite: true);
        File.Delete(_path + Unfinished + ".json");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static RemoteIdentity? ReadIdentity(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<RemoteIdentity>(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            // Half written when the process was killed: then of the file nothing is known.
            return null;
        }
    }
}

/// <summary>What is known of a downloaded file.</summary>
/// <param name="Address">Where it came from.</param>
/// <param name="Length">Its length.</param>
/// <param name="Sha256">Its hash.</param>
/// <param name="ToldByServer">Whether the server told the same hash; else it is only what arrived.</param>
internal sealed record VouchedFile(string Address, long Length, string Sha256, bool ToldByServer);

/// <summary>Files that were downloaded as a whole.</summary>
internal static class WholeFile
{
    private const string Sidecar = ".source.json";

    /// <summary>Whether the file is there, as long as it was when it was downloaded. One that was put there by hand is taken as it is.</summary>
    public static bool IsThere(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0)
        {
            return false;
        }

        try
        {
            return !File.Exists(path + Sidecar) || JsonSerializer.Deserialize<VouchedFile>(File.ReadAllText(path + Sidecar))?.Length == file.Length;
        }
        catch (JsonException)
        {
            // Damaged: then nobody vouches for the file.
            return false;
        }
    }

    /// <summary>Deletes a file with what is known of it.</summary>
    public static void Remove(string path)
    {
        File.Delete(path);
        File.Delete(path + Sidecar);
    }

    /// <summary>Keeps what is known of a file, before it is put in its place.</summary>
    public static void Vouch(string path, VouchedFile file)
    {
        var written = path + Sidecar + ".new";
        File.WriteAllText(written, JsonSerializer.Serialize(file));
        File.Move(written, path + Sidecar, overwrite: true);
    }
}
