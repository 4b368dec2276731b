using System.Text.Json;
using Crossbench.Datasets.Corpora;

namespace Crossbench.Datasets.Imports;

/// <summary>How a dataset would read a file.</summary>
/// <param name="Settings">Options that it takes, by path, the file's among them.</param>
/// <param name="IsSpecific">Whether the records have the form that this dataset is for; text of any kind has not.</param>
public sealed record ImportFit(IReadOnlyList<KeyValuePair<string, string>> Settings, bool IsSpecific);

/// <summary>A first look at a file or folder, from which datasets tell whether it is theirs.</summary>
/// <param name="Path">Its path, as typed.</param>
/// <param name="Record">The first record of a .jsonl or .ndjson file; absent where there is none or where it cannot be read.</param>
public sealed record ImportSample(string Path, JsonElement? Record)
{
    private const long LongestRecord = 1 << 22;

    /// <summary>Whether it is a <c>tokenizer.json</c>.</summary>
    public bool IsTokenizer { get; private init; }

    /// <summary>Looks at a path. What cannot be read has no record: opening it says why.</summary>
    public static ImportSample Of(string path)
    {
        var file = new FileInfo(FilePath.Anchor(path) is { Length: > 0 } full && !full.Contains('\0', StringComparison.Ordinal) ? full : ".");
        return new ImportSample(path, TextSource.KindOf(file) == TextKind.JsonLines && file.Exists ? FirstRecord(file.FullName) : null)
        {
            IsTokenizer = file.Exists && JsonFile.Is(file) && LooksLikeTokenizer(file.FullName),
        };
    }

    /// <summary>Which dataset the file is for, and with which options. Every file is for one: text of any kind is the last resort.</summary>
    public (Dataset Dataset, IReadOnlyList<KeyValuePair<string, string>> Settings)? Fit() => DatasetCatalog.All
        .Select(dataset => (Dataset: dataset, Fit: dataset.Recognise(this)))
        .Where(item => item.Fit is not null)
        .OrderByDescending(item => item.Fit!.IsSpecific)
        .Select(item => ((Dataset, IReadOnlyList<KeyValuePair<string, string>>)?)(item.Dataset, item.Fit!.Settings))
        .FirstOrDefault();

    /// <summary>Names of the texts of the record, in order.</summary>
    internal IReadOnlyList<string> Texts => Names(JsonValueKind.String);

    /// <summary>Names of the lists of the record, in order.</summary>
    internal IReadOnlyList<string> Lists => Names(JsonValueKind.Array);

    private string[] Names(JsonValueKind kind) => Record is { ValueKind: JsonValueKind.Object } record ? [.. record.EnumerateObject().Where(item => item.Value.ValueKind == kind).Select(item => item.Name)] : [];

    private static bool LooksLikeTokenizer(string path)
    {
        try
        {
            return JsonFile.IsTokenizer(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As below.
            return false;
        }
    }

    private static JsonElement? FirstRecord(string path)
    {
        JsonElement? record = null;
        try
        {
            if (FirstLineIsShort(path))
            {
                Lines.Read(path, (line, _, _) =>
                {
                    using var document = JsonDocument.Parse(line.ToArray());
                    record = document.RootElement.Clone();
                    return false;
                });
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Whoever opens it says what is wrong, with place and remedy.
            return null;
        }

        return record;
    }

    private static bool FirstLineIsShort(string path)
    {
        using var file = File.OpenHandle(path);
        var start = new byte[(int)Math.Min(LongestRecord, RandomAccess.GetLength(file))];
        var read = RandomAccess.Read(file, start, 0);
        return read < LongestRecord || start.AsSpan().Contains((byte)'\n');
    }
}
