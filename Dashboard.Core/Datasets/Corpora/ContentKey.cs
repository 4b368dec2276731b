using System.Security.Cryptography;
using System.Text;

namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Hash of what files hold. A whole text is hashed once; then its paths, sizes, times and some of its bytes tell that it is the same, and the hash is read from
/// the data folder. So a text that was moved or touched keeps its tokens, and one that changed does not.
/// </summary>
internal static class ContentKey
{
    private const int HashedBlock = 1 << 16;

    /// <summary>The hash of all files, in order; 32 hexadecimal digits.</summary>
    public static string Of(DataFolder folder, IReadOnlyList<FileInfo> files)
    {
        var name = Path.Combine("known", $"{Quick(files)}.key");
        var path = Path.Combine(folder.Datasets, name);
        if (File.Exists(path))
        {
            if (File.ReadAllText(path, Encoding.ASCII) is { Length: 32 } known && known.All(char.IsAsciiHexDigitLower))
            {
                return known;
            }

            File.Delete(path);
        }

        var key = Whole(files);
        PreparedFile.Get(folder, name, stream => stream.Write(Encoding.ASCII.GetBytes(key)));
        return key;
    }

    private static string Whole(IReadOnlyList<FileInfo> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[1 << 20];
        foreach (var file in files)
        {
            // The length keeps two files apart from one that holds both.
            hash.AppendData(BitConverter.GetBytes(file.Length));
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.SequentialScan);
            while (stream.Read(block) is var read and > 0)
            {
                hash.AppendData(block, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>Changes with paths, sizes, times, and the first, middle and last 64 KiB.</summary>
    private static string Quick(IReadOnlyList<FileInfo> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[HashedBlock];
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\0{file.FullName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\0"));
            using var handle = File.OpenHandle(file.FullName);
            foreach (var offset in new[] { 0, (file.Length - HashedBlock) / 2, file.Length - HashedBlock }.Distinct().Where(offset => offset >= 0))
            {
                var read = RandomAccess.Read(handle, block, offset);
                hash.AppendData(block, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
