using System.Globalization;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Options;

namespace Crossbench.Datasets.Corpora;

/// <summary>What can be wrong with a text, in words.</summary>
internal static class TextProblems
{
    public const string PathOption = "dataset.path";
    private const string ContextOption = "shape.contextLength";

    /// <summary>What a path of text may name.</summary>
    public const string AnyText = "a text file, or of a folder of .txt files";

    /// <summary>What a path of records may name.</summary>
    public const string Records = "a .jsonl file, or of a folder of them";

    public static SpecProblem NotNamed(string wanted) => new(PathOption, "No text is named.", $"Give the path of {wanted}.");

    public static SpecProblem Home(string path, string expanded) => new(PathOption, $"\"{path}\" starts with ~, which only a shell expands.", $"Use {expanded}.")
    {
        Fixes = [new SpecFix(PathOption, expanded)],
    };

    public static SpecProblem Missing(string path, string? nearest, string wanted)
    {
        var remedy = nearest is not null ? $"The nearest name there is {nearest}." :
            Path.IsPathRooted(path) ? $"Give the path of {wanted}." :
            $"Give a full path; this one was looked for in {Environment.CurrentDirectory}.";
        return new SpecProblem(PathOption, $"\"{path}\" does not exist.", remedy) { Fixes = nearest is null ? [] : [new SpecFix(PathOption, nearest)] };
    }

    public static SpecProblem NoTextInFolder(string path) =>
        new(PathOption, $"The folder \"{path}\" holds no .txt file, nor any .jsonl, .ndjson, .csv or .tsv.", "Name a file, or a folder with such files directly in it.");

    public static SpecProblem Empty(string path, bool folder) =>
        new(PathOption, folder ? $"Every .txt file in \"{path}\" is empty." : $"\"{path}\" is empty.", "Name a file with text in it.");

    public static SpecProblem Unreadable(string path, Exception cause) => cause is UnauthorizedAccessException
        ? new SpecProblem(PathOption, $"\"{path}\" cannot be read: permission denied.", "Make it readable for the user that runs this program, with chmod or chown.")
        : new SpecProblem(PathOption, $"\"{path}\" cannot be read: {FileFault.Reason(path, cause)}.", "Name a file that can be read.");

    public static SpecProblem Binary(string path, long offset) =>
        new(PathOption, $"\"{path}\" is not text: it has a NUL byte at offset {Number(offset)}.", "Name a text file in UTF-8.");

    public static SpecProblem Utf16(string path) =>
        new(PathOption, $"\"{path}\" is UTF-16, not UTF-8.", "Convert it, with iconv -f UTF-16 -t UTF-8.");

    public static SpecProblem NotUtf8(string path, long offset, byte value) =>
        new(PathOption, $"\"{path}\" is not UTF-8: the byte 0x{value:X2} at offset {Number(offset)} belongs to no character.", "Convert it, for example with iconv -f LATIN1 -t UTF-8.");

    public static SpecProblem CutOff(string path, long offset, int rest) => new(
        PathOption,
        $"\"{path}\" ends in the middle of a character, at offset {Number(offset)}: it is not whole.",
        $"Copy it again, or leave out its last {(rest == 1 ? "byte" : $"{rest} bytes")}, with head -c {offset.ToString(CultureInfo.InvariantCulture)}.");

    public static SpecProblem TwoColumns(string path, string field, int first, int second) => new(
        PathOption, $"\"{path}\" has two columns \"{field}\", the {Number(first)}. and the {Number(second)}.", "Rename one of them in its first line, or name another column.");

    public static SpecProblem BadRecord(string path, string place, BadRecordException fault) => new(
        fault.Fixes.Count > 0 ? fault.Fixes[0].Path : PathOption, $"\"{path}\", {place}: it {fault.Message}.", fault.Fixes.Count > 0 ? "Name another field, or set badRecords to skip to leave such records out." : "Mend it, or set badRecords to skip to leave such records out and count them.")
    {
        Fixes = [.. fault.Fixes, new SpecFix("dataset.badRecords", "skip")],
    };

    public static SpecProblem NoColumn(string path, string field, IReadOnlyList<string> columns) =>
        new("dataset.field", $"\"{path}\" has no column \"{field}\".", $"Name one of {string.Join(", ", columns.Select(name => $"\"{name}\""))}.") { Fixes = [.. columns.Select(name => new SpecFix("dataset.field", name))] };

    public static SpecProblem NoRecords(string path) => new(PathOption, $"\"{path}\" is no file of JSON records.", "Name a .jsonl or .ndjson file, or a folder with such files and no .txt.");

    public static SpecProblem NoDocument(string subject, long skipped) =>
        new(PathOption, $"{subject} no document{(skipped > 0 ? $": all {Number(skipped)} records are broken" : "")}.", "Name a file with text in it.");

    public static SpecProblem BadHeader(string path, string reason) =>
        new(PathOption, $"\"{path}\", line 1, which names the columns: it {reason}.", "Mend it.");

    public static SpecProblem TooShort(string path, string subject, long tokens, TokenizerSpec tokenizer, int contextLength)
    {
        var reason = $"{subject} {Number(tokens)} tokens ({tokenizer.Name}); a context of {Number(contextLength)} needs at least {Number(TextSplit.Required(contextLength))}.";
        var fitting = LargestContext(tokens);
        return fitting < 8
            ? new SpecProblem(path, reason, "Take more text.")
            : new SpecProblem(path, reason, $"Take more text, or a context of {Number(fitting)}.") { Fixes = [new SpecFix(ContextOption, fitting.ToString(CultureInfo.InvariantCulture))] };
    }

    public static SpecProblem ShortPart(string path, string subject, string split, long tokens, int contextLength) => new(
        path,
        $"{subject} {Number(tokens)} tokens in its {split} split; a context of {Number(contextLength)} needs at least {Number(contextLength + 1L)} there.",
        "Take more text, or a shorter context.");

    public static SpecProblem OwnRows(string reason) =>
        new("dataset.packing", reason, "Use continuous.") { Fixes = [new SpecFix("dataset.packing", ChoiceNames.NameOf(Packing.Continuous))] };

    public static SpecProblem NoEnd(TokenizerSpec tokenizer) => new(
        "dataset.tokenizer", $"Rows as TransBench makes them are padded with the end of text, which the tokenizer {tokenizer.Name} has not.", "Use gpt2, as TransBench does, or set compat to none.")
    {
        Fixes = [new SpecFix("dataset.tokenizer", ChoiceNames.NameOf(TokenizerChoice.Gpt2)), new SpecFix("dataset.compat", ChoiceNames.NameOf(Compatibility.None))],
    };

    public static SpecProblem NothingScored(string path, string subject, long documents) => new(
        path, $"{subject} {Number(documents)} documents, but in the training, test or validation split nothing is scored.", "Take more documents, each with something that is scored.");

    public static SpecProblem? SmallVocabulary(TokenizerSpec tokenizer, int vocabulary)
    {
        var needed = TokenizerCatalog.VocabularySize(tokenizer);
        return vocabulary >= needed ? null
            : new SpecProblem("shape.vocabulary", $"{Number(vocabulary)} is smaller than the {Number(needed)} token ids of {tokenizer.Name}.", $"Use {Number(needed)}, or leave it empty.")
            {
                Fixes = [new SpecFix("shape.vocabulary", needed.ToString(CultureInfo.InvariantCulture))],
            };
    }

    public static SpecProblem FolderNotWritable(string folder, Exception cause) => new(
        "",
        $"The data folder \"{folder}\" cannot be written: {FileFault.Reason("", cause)}.",
        "Make room there or make it writable, or name another with --data.");

    /// <summary>The largest power of two whose sequences this many tokens can give.</summary>
    private static int LargestContext(long tokens)
    {
        var context = 1;
        while (TextSplit.Required(context * 2) <= tokens)
        {
            context *= 2;
        }

        return context;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
