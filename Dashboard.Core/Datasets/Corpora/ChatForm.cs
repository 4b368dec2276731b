using System.Text;
using System.Text.Json;

namespace Crossbench.Datasets.Corpora;

/// <summary>How turns of a conversation are written.</summary>
public enum ChatTemplate
{
    /// <summary><c>User: …</c> and <c>Assistant: …</c> with empty lines between: for any tokenizer.</summary>
    Plain,

    /// <summary>ChatML, <c>&lt;|im_start|&gt;user … &lt;|im_end|&gt;</c>: SmolLM2, Qwen2.</summary>
    Chatml,

    /// <summary>Llama 3, <c>&lt;|start_header_id|&gt;user&lt;|end_header_id|&gt; … &lt;|eot_id|&gt;</c>.</summary>
    Llama3,
}

/// <summary>
/// The document is a conversation; scored is what the assistant says and the mark that ends it. Reads <c>messages</c> (<c>role</c>, <c>content</c>), the
/// <c>from</c> and <c>value</c> of ShareGPT, and the <c>input</c> and <c>output</c> of Capybara.
/// </summary>
/// <param name="list">Field of the record that holds the turns.</param>
/// <param name="template">How they are written.</param>
internal sealed class ChatForm(string list, ChatTemplate template) : RecordForm
{
    private const string Assistant = "assistant";
    private const string Calls = "tool_calls";

    private static readonly Dictionary<string, string> Roles = new()
    {
        ["system"] = "system", ["developer"] = "system", ["user"] = "user", [Assistant] = Assistant, ["tool"] = "tool", ["human"] = "user", ["gpt"] = Assistant, ["model"] = Assistant,
    };

    // The number counts up when other documents come of the same records.
    public override string Key => $"chat2:{list}:{template}";

    /// <summary>The special tokens that a template is written with.</summary>
    public static IReadOnlyList<string> SpecialsOf(ChatTemplate template) => template switch
    {
        ChatTemplate.Chatml => ["<|im_start|>", "<|im_end|>"],
        ChatTemplate.Llama3 => ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        _ => [],
    };

    public override void Write(JsonElement record, IDocumentSink sink)
    {
        var turns = Turns(record).ToArray();
        if (!turns.Any(turn => turn.Role == Assistant && turn.Text.Length > 0))
        {
            throw new BadRecordException($"has no turn of the assistant in \"{list}\"");
        }

        if (template == ChatTemplate.Llama3)
        {
            sink.Marks("<|begin_of_text|>", counted: false);
        }

        foreach (var (index, (role, text)) in turns.Index())
        {
            // A turn that only calls tools says nothing.
            var isAnswer = role == Assistant && text.Length > 0;
            sink.Marks(Opening(role), counted: false);
            sink.Text(Encoding.UTF8.GetBytes(text), isAnswer);
            var (end, between) = Closing(isLast: index == turns.Length - 1);
            sink.Marks(end, isAnswer);
            sink.Marks(between, counted: false);
        }

        // The assistant ends its turn with the mark of the template; the end of text after that belongs to the file.
        sink.EndDocument(endCounts: template == ChatTemplate.Plain);
    }

    private string Opening(string role) => template switch
    {
        ChatTemplate.Chatml => $"<|im_start|>{role}\n",
        ChatTemplate.Llama3 => $"<|start_header_id|>{role}<|end_header_id|>\n\n",
        _ => $"{char.ToUpperInvariant(role[0])}{role[1..]}: ",
    };

    /// <summary>What ends a turn, and what stands before the next one.</summary>
    private (string End, string Between) Closing(bool isLast) => template switch
    {
        ChatTemplate.Chatml => ("<|im_end|>", "\n"),
        ChatTemplate.Llama3 => ("<|eot_id|>", ""),
        _ => (isLast ? "\n" : "\n\n", ""),
    };

    private IEnumerable<(string Role, string Text)> Turns(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object || !record.TryGetProperty(list, out var turns) || turns.ValueKind != JsonValueKind.Array)
        {
            var lists = record.ValueKind == JsonValueKind.Object ? record.EnumerateObject().Where(item => item.Value.ValueKind == JsonValueKind.Array).Select(item => item.Name).ToArray() : [];
            throw new BadRecordException($"has no list \"{list}\"{(lists.Length == 0 ? "" : $"; its lists are {string.Join(", ", lists.Select(name => $"\"{name}\""))}")}")
            {
                Fixes = [.. lists.Select(name => new SpecFix("dataset.field", name))],
            };
        }

        foreach (var turn in turns.EnumerateArray())
        {
            if (turn.ValueKind == JsonValueKind.Object && turn.TryGetProperty("input", out var input) && turn.TryGetProperty("output", out var output))
            {
                yield return ("user", Checked("input", input));
                yield return (Assistant, Checked("output", output));
                continue;
            }

            var (role, text) = Said(turn)
                ?? throw new BadRecordException($"has a turn in \"{list}\" without role and content (or from and value, or input and output)");
            var name = Checked("role", role);
            yield return (Roles.GetValueOrDefault(name) ?? throw new BadRecordException($"has a turn of the unknown role \"{name}\" (known are {string.Join(", ", Roles.Keys)})"), text);
        }
    }

    /// <summary>Who speaks in a turn, and what is said; null when that is not written in it.</summary>
    private static (JsonElement Role, string Text)? Said(JsonElement turn)
    {
        if (turn.ValueKind == JsonValueKind.Object && turn.TryGetProperty("role", out var speaker) && turn.TryGetProperty(Calls, out var calls) && calls.ValueKind == JsonValueKind.Array
            && (!turn.TryGetProperty("content", out var none) || none.ValueKind == JsonValueKind.Null))
        {
            return (speaker, "");
        }

        return (turn.TryGetPair("role", "content") ?? turn.TryGetPair("from", "value")) is not { } pair ? null
            : (pair.First, pair.Second.ValueKind == JsonValueKind.Array ? string.Concat(pair.Second.EnumerateArray().Select(Part)) : Checked("content", pair.Second));
    }

    /// <summary>A part of a content that is a list; images and sounds cannot be read.</summary>
    private static string Part(JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type))
        {
            throw new BadRecordException("has a list in \"content\" whose items are not parts with type and text");
        }

        var kind = Checked("type", type);
        return kind == "text" && part.TryGetProperty("text", out var text) ? Checked("text", text) : throw new BadRecordException($"has a part of the type \"{kind}\" in \"content\", not of text");
    }
}

/// <summary>Pairs of JSON properties.</summary>
internal static class JsonPairs
{
    /// <summary>Two properties of an object, when it has both.</summary>
    public static (JsonElement First, JsonElement Second)? TryGetPair(this JsonElement element, string first, string second) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(first, out var a) && element.TryGetProperty(second, out var b) ? (a, b) : null;
}
