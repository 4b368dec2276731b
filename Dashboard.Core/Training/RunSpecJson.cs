using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Options;

namespace Crossbench.Training;

/// <summary>The JSON form of a specification: every option is written, in declaration order, so that equal specifications have equal text; <c>from</c> only where it is set.</summary>
public static class RunSpecJson
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>Canonical JSON on one line.</summary>
    public static string Write(RunSpec spec) => ToJson(spec).ToJsonString(Compact);

    /// <summary>The same over several lines.</summary>
    public static string WriteIndented(RunSpec spec) => ToJson(spec).ToJsonString(Indented);

    /// <summary>
    /// SHA-256 (hex) of the canonical JSON without what changes no number (name, tags, notes, which checkpoints are kept): equal for runs that must give the
    /// same numbers.
    /// </summary>
    public static string Hash(RunSpec spec)
    {
        return HashOf(ToJson(spec));
    }

    /// <summary>The hash of a specification as if its seed were 0: equal for runs that differ in the seed alone.</summary>
    public static string Family(RunSpec spec) => Hash(spec with { Seed = 0 });

    /// <summary>The same of a specification's canonical JSON, as written by this version or an earlier one.</summary>
    public static string Family(string json)
    {
        var spec = JsonNode.Parse(json)!.AsObject();
        spec["seed"] = 0;
        return HashOf(spec);
    }

    private static string HashOf(JsonObject json)
    {
        (json["name"], json["tags"], json["notes"]) = ("", new JsonArray(), "");
        foreach (var name in (string[])["keepLast", "keepBest", "keepEvery"])
        {
            json["training"]!.AsObject().Remove(name);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.ToJsonString(Compact))));
    }

    /// <summary>Reads a specification that was written by this version or an earlier one. Files that it names need not exist any more.</summary>
    /// <exception cref="SpecException">It has unknown keys or illegal values.</exception>
    public static RunSpec Read(string json) => RunSpecReader.ReadUnchecked(Flatten(json)).OrThrow();

    /// <summary>The settings (path, text) that a specification's JSON stands for.</summary>
    /// <exception cref="SpecException">It is not a JSON object.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Flatten(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. Flatten("", document.RootElement)]
                : throw new SpecException(new SpecProblem("", "A run specification is a JSON object.", "Begin with {."));
        }
        catch (JsonException error)
        {
            throw new SpecException(new SpecProblem("", $"Line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}: not JSON.", error.Message));
        }
    }

    /// <summary>The settings (path, text) that differ from the defaults, as a command line needs them.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Changes(RunSpec spec)
    {
        var defaults = RunSpecReader.Read([new("architecture.id", spec.Architecture.Id), new("dataset.id", spec.Dataset.Id)]).Spec;
        var usual = Flatten(Write(defaults)).ToDictionary();
        return
        [
            .. Flatten(Write(spec)).Where(pair => usual.GetValueOrDefault(pair.Key) != pair.Value)
                .Select(pair => pair.Key == EvaluationList.Path ? new(pair.Key, EvaluationList.Format(spec.Evaluations, spec.Dataset)) : pair),
        ];
    }

    private static JsonObject ToJson(RunSpec spec)
    {
        var json = OfOptions(spec);
        if (spec.From is { } origin)
        {
            json[ForkOrigin.Path] = origin.ToString();
        }

        return json;
    }

    private static JsonObject OfOptions(RunSpec spec) => new()
    {
        ["name"] = spec.Name,
        ["seed"] = spec.Seed,
        ["tags"] = new JsonArray([.. spec.Tags.Select(tag => (JsonNode)tag)]),
        ["notes"] = spec.Notes,
        ["architecture"] = Options(spec.Architecture.Options, spec.Architecture.Id),
        ["dataset"] = Options(spec.Dataset.Options, spec.Dataset.Id),
        [EvaluationList.Path] = EvaluationList.ToJson(spec.Evaluations, options => Options(options, null)),
        ["shape"] = Options(spec.Shape, null),
        ["training"] = Options(spec.Training, null),
    };

    private static JsonObject Options(object options, string? id)
    {
        var json = new JsonObject();
        if (id is not null)
        {
            json["id"] = id;
        }

        foreach (var field in OptionSchema.For(options.GetType()).Fields)
        {
            json[field.Name] = field.Get(options) switch
            {
                null => null,
                bool flag => flag,
                int number => number,
                long number => number,
                double number => number,
                IStructuredOption structured => structured.ToJson(),
                ValueList<int> list => new JsonArray([.. list.Select(item => (JsonNode)item)]),
                ValueList<double> list => new JsonArray([.. list.Select(item => (JsonNode)item)]),
                _ => field.Format(options),
            };
        }

        return json;
    }

    private static IEnumerable<KeyValuePair<string, string>> Flatten(string prefix, JsonElement element) => element.EnumerateObject().SelectMany(property =>
    {
        var path = prefix + property.Name;
        return property.Value.ValueKind switch
        {
            JsonValueKind.Object => Flatten(path + ".", property.Value),
            JsonValueKind.Array when property.Value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Object) => [new(path, property.Value.GetRawText())],
            JsonValueKind.Array => [new(path, string.Join(',', property.Value.EnumerateArray().Select(item => item.ToString())))],
            JsonValueKind.Null => [new(path, "")],
            JsonValueKind.True => [new(path, "true")],
            JsonValueKind.False => [new(path, "false")],
            _ => [new KeyValuePair<string, string>(path, property.Value.ToString())],
        };
    });
}
