namespace Crossbench.Datasets.Corpora;

/// <summary>Takes one line, without its end.</summary>
/// <param name="line">Its bytes.</param>
/// <param name="number">Its number, from 1.</param>
/// <param name="length">Bytes of the file that it takes, with its end.</param>
/// <returns>False to read no further.</returns>
internal delegate bool TakeLine(ReadOnlySpan<byte> line, long number, long length);

/// <summary>Reads files line by line, however long a line is.</summary>
internal static class Lines
{
    private const int Block = 1 << 20;

    /// <summary>Passes on each line of a file that is not empty; a byte-order mark and carriage returns at line ends are left out.</summary>
    public static void Read(string path, TakeLine take)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.SequentialScan);
        var (buffer, kept, number, isStart) = (new byte[Block], 0, 0L, true);
        while (true)
        {
            if (kept == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = file.Read(buffer, kept, buffer.Length - kept);
            var text = buffer.AsSpan(0, kept + read);
            var at = isStart && text.StartsWith("\uFEFF"u8) ? 3 : 0;
            isStart = false;
            while (at < text.Length)
            {
                var end = text[at..].IndexOf((byte)'\n');
                if (end < 0 && read > 0)
                {
                    break;
                }

                var length = end < 0 ? text.Length - at : end + 1;
                var line = text.Slice(at, end < 0 ? length : end);
                number++;
                if (!line.Trim("\r\t "u8).IsEmpty && !take(line.TrimEnd((byte)'\r'), number, length))
                {
                    return;
                }

                at += length;
            }

            if (read == 0)
            {
                return;
            }

            text[at..].CopyTo(buffer);
            kept = text.Length - at;
        }
    }
}
