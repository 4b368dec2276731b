using System.Buffers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Cuts plain text into documents at the marks <c>&lt;|endoftext|&gt;</c>; white space at both ends of a document is left out, and so are empty ones.</summary>
/// <param name="sink">Takes the documents.</param>
internal sealed class EndMarks(IDocumentSink sink)
{
    private readonly ArrayBufferWriter<byte> _waiting = new();
    private bool _isOpen;

    /// <summary>The mark.</summary>
    public const string Text = "<|endoftext|>";

    private const int Looked = 1 << 20;

    private static ReadOnlySpan<byte> Mark => "<|endoftext|>"u8;

    private static ReadOnlySpan<byte> Space => " \n\r\t"u8;

    /// <summary>Whether a file has a mark near its start, as a file of many short stories has.</summary>
    public static bool AreIn(string path)
    {
        using var file = File.OpenRead(path);
        var start = new byte[Looked];
        return start.AsSpan(0, file.ReadAtLeast(start, Looked, throwOnEndOfStream: false)).IndexOf(Mark) >= 0;
    }

    /// <summary>Takes more text; whole characters.</summary>
    public void Feed(ReadOnlySpan<byte> utf8)
    {
        _waiting.Write(utf8);
        var text = _waiting.WrittenSpan;
        while (text.IndexOf(Mark) is var at and >= 0)
        {
            Pass(text[..at], isEnd: true);
            text = text[(at + Mark.Length)..];
        }

        // What may begin a mark waits, and white space before it, which may be the end of a document.
        var settled = text[..^BegunMark(text)].TrimEnd(Space).Length;
        Pass(text[..settled], isEnd: false);
        var rest = text[settled..].ToArray();
        _waiting.ResetWrittenCount();
        _waiting.Write(rest);
    }

    /// <summary>The text ends.</summary>
    public void End()
    {
        Pass(_waiting.WrittenSpan, isEnd: true);
        _waiting.ResetWrittenCount();
    }

    private void Pass(ReadOnlySpan<byte> text, bool isEnd)
    {
        text = _isOpen ? text : text.TrimStart(Space);
        text = isEnd ? text.TrimEnd(Space) : text;
        if (!text.IsEmpty)
        {
            sink.Text(text);
            _isOpen = true;
        }

        if (isEnd && _isOpen)
        {
            sink.EndDocument();
            _isOpen = false;
        }
    }

    private static int BegunMark(ReadOnlySpan<byte> text)
    {
        for (var length = Math.Min(Mark.Length - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(Mark[..length]))
            {
                return length;
            }
        }

        return 0;
    }
}
