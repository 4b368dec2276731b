namespace Crossbench.Datasets.Corpora;

/// <summary>What to do with records that are broken.</summary>
public enum BadRecords
{
    /// <summary>The first one is refused, with its file and line.</summary>
    Stop,

    /// <summary>They are left out and counted.</summary>
    Skip,
}

/// <summary>The text of files: a document for each plain file, for each record of a JSON Lines file, for each row of a table.</summary>
/// <param name="source">The files.</param>
/// <param name="form">How records become documents.</param>
/// <param name="bad">What to do with records that are broken.</param>
internal class FileBody(TextSource source, RecordForm form, BadRecords bad) : TextBody
{
    private const int SampledLines = 50;
    private const int SampledBytes = 1 << 16;

    public override string Subject => $"\"{source.Path}\" has";

    public override string ProblemPath => TextProblems.PathOption;

    public override long Bytes => source.Bytes;

    public override IReadOnlyList<string> Notes => source.PassedOver == 0 ? [] :
    [
        $"Of the folder \"{source.Path}\" the .txt files alone are read; {(source.PassedOver == 1 ? "a file of records in it is" : $"{source.PassedOver:N0} files of records in it are")} passed over. Name such a file, or put them into a folder without .txt files.",
    ];

    /// <summary>The files.</summary>
    protected TextSource Source => source;

    public override string Key(DataFolder folder) => $"{ContentKey.Of(folder, source.Files)}/{form.Key}/{bad}/{string.Join(',', source.Files.Select(TextSource.KindOf))}";

    /// <summary>The text at a path, or what is wrong with it; looks at the first records too, quickly enough for a form.</summary>
    public static (TextBody? Body, SpecProblem? Problem) Find(string path, RecordForm form, BadRecords bad) => Find(path, source => new FileBody(source, form, bad));

    /// <summary>The same for a body of another kind.</summary>
    protected static (TextBody? Body, SpecProblem? Problem) Find(string path, Func<TextSource, FileBody> create)
    {
        var (source, problem) = TextSource.Find(path);
        var body = source is null ? null : create(source);
        problem ??= body!.Sample();
        return problem is null ? (body, null) : (null, problem);
    }

    /// <summary>The records at a path, or what is wrong with them; plain text and tables are refused.</summary>
    public static (TextBody? Body, SpecProblem? Problem) FindRecords(string path, RecordForm form, BadRecords bad)
    {
        var (source, problem) = TextSource.Find(path, TextProblems.Records);
        return source?.Files.FirstOrDefault(file => TextSource.KindOf(file) != TextKind.JsonLines) is { } other
            ? (null, TextProblems.NoRecords(other.FullName))
            : problem is null ? Find(path, form, bad) : (null, problem);
    }

    public override void Read(IDocumentSink sink)
    {
        var isHeldOut = false;
        foreach (var file in source.Files.OrderBy(IsHeldOut))
        {
            if (IsHeldOut(file) && !isHeldOut)
            {
                isHeldOut = true;
                sink.BeginHeldOut();
            }

            try
            {
                Read(file, sink, long.MaxValue, long.MaxValue);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SpecException(TextProblems.Unreadable(file.FullName, e));
            }
        }
    }

    /// <summary>Looks at the first records; null when they are as they should be.</summary>
    private SpecProblem? Sample()
    {
        try
        {
            if (TextSource.KindOf(source.Files[0]) != TextKind.Plain)
            {
                Read(source.Files[0], new NoSink(), SampledLines, SampledBytes);
            }

            return null;
        }
        catch (SpecException fault)
        {
            return fault.Problems[0];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TextProblems.Unreadable(source.Files[0].FullName, e);
        }
    }

    private void Read(FileInfo file, IDocumentSink sink, long mostLines, long mostBytes)
    {
        switch (TextSource.KindOf(file))
        {
            case TextKind.JsonLines:
                JsonLines.Read(file.FullName, form, bad == BadRecords.Skip, sink, mostLines);
                break;
            case TextKind.Table:
                CsvRows.Read(file.FullName, Column, bad == BadRecords.Skip, sink, mostBytes);
                break;
            default:
                ReadPlain(file.FullName, sink);
                break;
        }
    }

    private string Column => ((FieldForm)form).Name;

    /// <summary>Whether a file is kept for evaluation.</summary>
    protected virtual bool IsHeldOut(FileInfo file) => false;

    /// <summary>Passes on the documents of a file of plain text: itself.</summary>
    protected virtual void ReadPlain(string path, IDocumentSink sink)
    {
        Utf8Text.Read(path, block =>
        {
            sink.Text(block);
            sink.Advance(block.Length);
        });
        sink.EndDocument();
    }

    private sealed class NoSink : IDocumentSink
    {
        public void Text(ReadOnlySpan<byte> utf8, bool counted = true)
        {
        }

        public void Marks(string marks, bool counted)
        {
        }

        public void EndDocument(bool endCounts = true)
        {
        }

        public void BeginHeldOut()
        {
        }

        public void Skip()
        {
        }

        public void Advance(long bytes)
        {
        }
    }
}
