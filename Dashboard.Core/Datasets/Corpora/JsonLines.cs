using System.Text.Json;
using System.Text.Unicode;

namespace Crossbench.Datasets.Corpora;

/// <summary>Documents of a JSON Lines file: one record a line.</summary>
internal static class JsonLines
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    /// <summary>Passes on the documents of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="form">How a record becomes a document.</param>
    /// <param name="skipBroken">Leaves broken records out and counts them; else the first one is refused.</param>
    /// <param name="sink">Takes the documents.</param>
    /// <param name="most">Reads at most so many lines.</param>
    public static void Read(string path, RecordForm form, bool skipBroken, IDocumentSink sink, long most = long.MaxValue)
    {
        Lines.Read(path, (line, number, length) =>
        {
            try
            {
                using var record = Parse(line);
                form.Write(record.RootElement, sink);
            }
            catch (BadRecordException fault)
            {
                // What a broken record has written so far is no document: forms write only what they have checked.
                if (!skipBroken)
                {
                    throw new SpecException(TextProblems.BadRecord(path, $"line {number}", fault));
                }

                sink.Skip();
            }

            sink.Advance(length);
            return number < most;
        });
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
        {
            throw new BadRecordException("is not UTF-8");
        }

        try
        {
            return JsonDocument.Parse(line.ToArray(), Strict);
        }
        catch (JsonException fault)
        {
            throw new BadRecordException($"is not JSON (column {fault.BytePositionInLine + 1})");
        }
    }
}
