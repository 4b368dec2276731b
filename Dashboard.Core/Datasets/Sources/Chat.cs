using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Imports;
using Crossbench.Options;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>chat</c>.</summary>
public sealed record ChatOptions : TextualOptions
{
    /// <summary>A .jsonl or .ndjson file, or a folder of them, with a conversation on each line.</summary>
    [Display(Name = "File or folder", Description = "A .jsonl file with a conversation on each line, or a folder of them.", Order = -1)]
    public string Path { get; init; } = "";

    /// <summary>Field of a record that holds the turns.</summary>
    [Display(Name = "Field", Description = "Field of each record that holds the turns: a list of role and content, from and value, or input and output.", Order = -1)]
    public string Field { get; init; } = "messages";

    /// <summary>How turns are written.</summary>
    [Display(Name = "Template", Description = "plain: User: and Assistant:, for any tokenizer. chatml: as SmolLM2 and Qwen2. llama3: as Llama 3. The last two want the tokenizer file of such a model; any other spells their marks in ordinary pieces, and a note says so.", Order = -1)]
    public ChatTemplate Template { get; init; }

    /// <summary>What to do with records that are broken.</summary>
    [Display(Name = "Broken records", Description = "stop: the first broken record is refused with its line. skip: broken records are left out and counted.", Order = -1)]
    public BadRecords BadRecords { get; init; }

    /// <inheritdoc/>
    public override Packing Packing { get; init; } = Packing.Documents;
}

/// <summary>Conversations; scored is what the assistant says, with the mark that ends it.</summary>
public sealed class Chat : TextDataset<ChatOptions>
{
    /// <inheritdoc/>
    public override string Id => "chat";

    /// <inheritdoc/>
    public override string Title => "Chat";

    /// <inheritdoc/>
    public override string Summary => "Conversations from a .jsonl file; only the assistant's turns are scored.";

    /// <inheritdoc/>
    public override ImportFit? Recognise(ImportSample file)
    {
        var usual = new ChatOptions().Field;
        return file.Lists.Where(name => IsTurn(file.Record!.Value.GetProperty(name))).OrderByDescending(name => name == usual).FirstOrDefault() is not { } field ? null
            : new ImportFit([new("dataset.path", file.Path), .. field == usual ? [] : new[] { KeyValuePair.Create("dataset.field", field) }], IsSpecific: true);
    }

    private static bool IsTurn(JsonElement list) =>
        list.GetArrayLength() > 0 && list[0] is var turn && (turn.TryGetPair("role", "content") ?? turn.TryGetPair("from", "value") ?? turn.TryGetPair("input", "output")) is not null;

    /// <inheritdoc/>
    protected override ChatOptions Anchor(ChatOptions options) => base.Anchor(options) with { Path = FilePath.Anchor(options.Path) };

    /// <inheritdoc/>
    protected override TokenStream Open(DataFolder folder, ChatOptions options, int contextLength, int vocabulary)
    {
        var text = OpenText(folder, options, contextLength, vocabulary);
        var tokenizer = text.Text.Tokenizer;
        var spelt = ChatForm.SpecialsOf(options.Template).Where(mark => tokenizer.EncodeWithSpecials(mark).Length > 1).ToArray();
        return spelt.Length == 0 ? text : new NotedStream(text,
        [
            $"The tokenizer {tokenizer.Id} has no token for {string.Join(", ", spelt)}: these marks of the template {ChoiceNames.NameOf(options.Template)} are spelt in ordinary pieces. The tokenizer file of a model with this template has them.",
        ]);
    }

    /// <inheritdoc/>
    private protected override (TextBody? Body, SpecProblem? Problem) BodyOf(ChatOptions options) =>
        FileBody.FindRecords(options.Path, new ChatForm(options.Field, options.Template), options.BadRecords);
}
