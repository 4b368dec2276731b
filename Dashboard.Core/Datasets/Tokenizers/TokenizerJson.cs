using System.Globalization;
using System.Text.Json;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// Reads the <c>tokenizer.json</c> of Hugging Face's tokenizers library where it holds a byte-level byte-pair encoding, as those of GPT-2, Llama 3, Qwen2 and
/// SmolLM2 do. Ids are those that the library gives without special tokens: its post-processor (a beginning of text before each text), truncation and padding
/// are not applied. Added tokens that are not special are found in any text, special ones only by <see cref="Tokenizer.EncodeWithSpecials"/>.
/// <para>
/// <see cref="Tokenizer.EndOfText"/> is the first of <c>&lt;|endoftext|&gt;</c>, <c>&lt;|end_of_text|&gt;</c>, <c>&lt;｜end▁of▁sentence｜&gt;</c>,
/// <c>&lt;/s&gt;</c>, <c>&lt;eos&gt;</c> that is a special added token; absent when none is.
/// </para>
/// </summary>
public static class TokenizerJson
{
    /// <summary>Bytes that a file has at the most.</summary>
    public const long LargestFile = 128 << 20;

    private static readonly string[] Ends = ["<|endoftext|>", "<|end_of_text|>", "<｜end▁of▁sentence｜>", "</s>", "<eos>"];
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="id">What the tokenizer is called.</param>
    /// <exception cref="SpecException">The file cannot be used; all that is wrong with it is told at once.</exception>
    public static Tokenizer Load(string path, string id = "file")
    {
        var problems = new List<SpecProblem>();
        BytePairModel? model = null;
        Try(path, problems, () =>
        {
            using var document = Parse(ReadFile(path));
            model = Read(document.RootElement, path, problems);
        });
        return problems.Count > 0 ? throw new SpecException(problems) : new BytePairTokenizer(id, model!);
    }

    /// <summary>Runs a part of the reading and notes what is wrong with it.</summary>
    private static void Try(string path, List<SpecProblem> problems, Action read)
    {
        try
        {
            read();
        }
        catch (TokenizerFileFault fault)
        {
            problems.Add(fault.Problem(path));
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for text that is no Unicode: half of a surrogate pair, or bytes that are not UTF-8.
            problems.Add(TokenizerFileFault.Damaged("it holds text that is not Unicode").Problem(path));
        }
    }

    private static byte[] ReadFile(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new SpecException(new SpecProblem(TokenizerFileFault.Option, "No tokenizer is named.", "Give the path of a tokenizer.json."));
        }

        try
        {
            // The length is asked first: to open a pipe would wait for its other end.
            var length = Directory.Exists(path) ? throw Folder(path) : File.Exists(path) ? new FileInfo(path).Length : throw new FileNotFoundException();
            return length == 0 ? throw TokenizerFileFault.Damaged("it is empty")
                : length > LargestFile ? throw new TokenizerFileFault(
                    string.Create(CultureInfo.InvariantCulture, $"it has {length:N0} bytes, more than the {LargestFile:N0} that a tokenizer may have"),
                    "Name the tokenizer.json of a model, not its weights or a text.")
                : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(new SpecProblem(TokenizerFileFault.Option, $"\"{path}\" cannot be read: {FileFault.Reason(path, e)}.", "Give the path of a tokenizer.json."));
        }
    }

    private static SpecException Folder(string path)
    {
        var inside = Path.Combine(path, "tokenizer.json");
        return new SpecException(File.Exists(inside)
            ? new SpecProblem(TokenizerFileFault.Option, $"\"{path}\" is a folder.", $"Use {inside}.") { Fixes = [new SpecFix(TokenizerFileFault.Option, inside)] }
            : new SpecProblem(TokenizerFileFault.Option, $"\"{path}\" is a folder, and there is no tokenizer.json in it.", "Give the path of a tokenizer.json."));
    }

    private static JsonDocument Parse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith(Mark) ? Mark.Length : 0));
        }
        catch (JsonException error)
        {
            throw TokenizerFileFault.Damaged(string.Create(CultureInfo.InvariantCulture, $"line {error.LineNumber + 1}, column {error.BytePositionInLine + 1} is not JSON"));
        }
    }

    private static BytePairModel? Read(JsonElement root, string path, List<SpecProblem> problems)
    {
        if (root.ValueKind is not JsonValueKind.Object)
        {
            throw TokenizerFileFault.Damaged($"it is {JsonMember.Kind(root)}, not an object");
        }

        var (nfc, scanners, vocabulary) = (false, Array.Empty<PieceScanner>(), (TokenizerJsonVocabulary?)null);
        Try(path, problems, () => nfc = ReadNormalizer(root));
        Try(path, problems, () => scanners = TokenizerJsonSplits.Read(root));
        Try(path, problems, () => CheckDecoder(root));
        Try(path, problems, () => vocabulary = TokenizerJsonVocabulary.Read(root));
        return problems.Count > 0 ? null : new BytePairModel(vocabulary!.Tokens, vocabulary.ByteTokens, vocabulary.Merges)
        {
            WholeWordsFirst = vocabulary.WholeWordsFirst,
            Nfc = nfc,
            Scanners = scanners,
            Added = vocabulary.Added,
            EndOfText = Ends.Select(end => vocabulary.Added.FirstOrDefault(token => token.Special && token.Content == end)).FirstOrDefault(token => token is not null)?.Id,
        };
    }

    private static bool ReadNormalizer(JsonElement root)
    {
        if (root.Optional("normalizer") is not { } normalizer)
        {
            return false;
        }

        var type = normalizer.Text("type", "normalizer");
        return type == "NFC" ? true
            : type == "Sequence" && normalizer.List("normalizers", "normalizer").Select(part => part.Text("type", "normalizer")).ToList() is var parts && parts.All(part => part == "NFC")
                ? parts.Count > 0
                : throw new TokenizerFileFault($"the normalizer \"{type}\" is not supported", "Supported are no normalizer and NFC.");
    }

    private static void CheckDecoder(JsonElement root)
    {
        if (root.Optional("decoder") is not { } decoder)
        {
            return;
        }

        var type = decoder.Text("type", "decoder");
        var parts = type == "Sequence" ? decoder.List("decoders", "decoder").Select(part => part.Text("type", "decoder")) : [type];
        if (parts.FirstOrDefault(part => part != "ByteLevel") is { } other)
        {
            throw new TokenizerFileFault($"the decoder \"{other}\" is not supported", "Supported is ByteLevel, as GPT-2, Llama 3, Qwen2 and SmolLM2 have it.");
        }
    }
}
