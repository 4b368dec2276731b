using Crossbench.Datasets.Downloads;

namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Files as those of TinyStories: plain text holds stories with <c>&lt;|endoftext|&gt;</c> between, and of several files those with "valid" in their names are kept
/// for evaluation.
/// </summary>
internal sealed class StoryFiles : FileBody
{
    private const string ValidationName = "valid";

    /// <summary>The stories of these files.</summary>
    public StoryFiles(TextSource source, RecordForm form, BadRecords bad) : base(source, form, bad)
    {
    }

    public override string Key(DataFolder folder) => $"{base.Key(folder)}/stories/{string.Join(',', Source.Files.Select(IsHeldOut))}";

    /// <summary>A copy at a path; without one, what the hub has.</summary>
    public static (TextBody? Body, SpecProblem? Problem) FindOrHub(string path, string field, BadRecords bad, Hub hub) =>
        string.IsNullOrWhiteSpace(path) ? (new HubStories(hub), null) : Find(path, source => new StoryFiles(source, new FieldForm(field), bad));

    protected override bool IsHeldOut(FileInfo file) => IsValidation(file) && !Source.Files.All(IsValidation);

    protected override void ReadPlain(string path, IDocumentSink sink)
    {
        var marks = new EndMarks(sink);
        Utf8Text.Read(path, block =>
        {
            marks.Feed(block);
            sink.Advance(block.Length);
        });
        marks.End();
    }

    private static bool IsValidation(FileInfo file) => file.Name.Contains(ValidationName, StringComparison.OrdinalIgnoreCase);
}

/// <summary>TinyStories on the hub: 2.1 million stories to train on and 22 thousand for evaluation.</summary>
/// <param name="hub">The hub.</param>
internal sealed class HubStories(Hub hub) : TextBody
{
    private const string Dataset = "roneneldan/TinyStories";
    private static readonly string[] Files = ["TinyStories-valid.txt", "TinyStories-train.txt"];

    public override string Subject => "TinyStories has";

    public override string ProblemPath => TextProblems.PathOption;

    public override long Bytes => 1_940_000_000;

    public override string Remote => $"TinyStories, 1.9 GB, from {hub.Address().Host}";

    public override SpecProblem NotHere => DownloadProblems.NotHere("TinyStories", "./run prepare --dataset tinystories");

    public override TextBody? Here(DataFolder folder)
    {
        var paths = Array.ConvertAll(Files, file => Hub.PathOf(Dataset, file, folder));
        return Array.TrueForAll(paths, WholeFile.IsThere)
            ? new StoryFiles(new TextSource(Path.GetDirectoryName(paths[0])!, true, Array.ConvertAll(paths, path => new FileInfo(path))), new FieldForm(""), BadRecords.Stop)
            : null;
    }

    /// <inheritdoc/>
    public override void Fetch(DataFolder folder, PreparationProgress progress)
    {
        hub.Fetch(Dataset, Files, folder, progress);
        var others = Files.Select(file => Hub.PathOf(Dataset, file, folder)).Where(path => !EndMarks.AreIn(path)).ToArray();
        if (others.Length > 0)
        {
            Array.ForEach(others, WholeFile.Remove);
            throw new SpecException(DownloadProblems.NotTheFile(Path.GetFileName(others[0]), hub.Address(), $"it has no {EndMarks.Text} between stories"));
        }
    }

    public override string Key(DataFolder folder) => (Here(folder) ?? throw new SpecException(NotHere)).Key(folder);

    public override void Read(IDocumentSink sink) => throw new InvalidOperationException("What is read is the text that is here.");
}
