using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>The JSON header of a weight file, checked against the length of the file.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    private const string MetadataKey = "__metadata__";
    private const long LongestHeader = 100_000_000;

    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>The header bytes for these tensors, padded with spaces so that the data begin at a multiple of 8.</summary>
    public static byte[] Encode(IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var json = new JsonObject();
        if (metadata is not null)
        {
            json[MetadataKey] = new JsonObject(metadata.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value)));
        }

        var offset = 0L;
        foreach (var (name, tensor) in tensors)
        {
            if (name == MetadataKey || json.ContainsKey(name))
            {
                throw new ArgumentException($"Two entries are called {name}. Names in a weight file are unique.", nameof(tensors));
            }

            var type = Types.FirstOrDefault(type => type.Type == tensor.dtype);
            var end = offset + (tensor.numel() * type.Size);
            json[name] = new JsonObject
            {
                ["dtype"] = type.Name ?? throw new ArgumentException($"{name} has type {tensor.dtype}, which weight files do not have.", nameof(tensors)),
                ["shape"] = new JsonArray([.. tensor.shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(json);
        var padded = new byte[(bytes.Length + 7) / 8 * 8];
        padded.AsSpan(bytes.Length).Fill((byte)' ');
        bytes.CopyTo(padded, 0);
        return padded;
    }

    /// <summary>Reads and checks the header of a file.</summary>
    /// <exception cref="InvalidDataException">Header and file do not fit together.</exception>
    public static SafetensorsHeader Read(string path, FileStream file)
    {
        var prefix = new byte[8];
        if (file.Length < 8)
        {
            throw Refused(path, $"it has {file.Length} bytes, fewer than the 8 of a header length");
        }

        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length < 2 || length > Math.Min(LongestHeader, file.Length - 8))
        {
            throw Refused(path, $"it says that its header has {length} bytes, but {file.Length - 8} follow");
        }

        var json = new byte[length];
        file.ReadExactly(json);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Check(path, document.RootElement, 8 + length, file.Length);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader finds text that is no UTF-8 only when it reads that text.
            throw new InvalidDataException($"{path} is not a whole weight file: its header is not JSON. {error.Message}", error);
        }
    }

    private static SafetensorsHeader Check(string path, JsonElement root, long dataStart, long fileLength)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Refused(path, "its header is not a JSON object");
        }

        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                metadata = Texts(path, property.Value);
                continue;
            }

            entries.Add(Entry(path, property.Name, property.Value));
        }

        var end = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.Bytes))
        {
            if (entry.Begin != end)
            {
                throw Refused(path, $"{entry.Name} begins at byte {entry.Begin}, but {end} is the next free one: data overlap or have a gap");
            }

            end += entry.Bytes;
        }

        return dataStart + end == fileLength
            ? new SafetensorsHeader(entries, metadata, dataStart)
            : throw Refused(path, $"its tensors need {dataStart + end} bytes, it has {fileLength}");
    }

    private static Dictionary<string, string> Texts(string path, JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.EnumerateObject().All(item => item.Value.ValueKind == JsonValueKind.String)
            ? json.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString()!)
            : throw Refused(path, $"{MetadataKey} holds something else than texts");

    private static SafetensorsEntry Entry(string path, string name, JsonElement json)
    {
        try
        {
            var type = json.GetProperty("dtype").GetString();
            var known = Types.FirstOrDefault(item => item.Name == type);
            if (known.Name is null)
            {
                throw Refused(path, $"{name} has type {type}; known are {string.Join(", ", Types.Select(item => item.Name))}");
            }

            var shape = json.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
            var offsets = json.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
            var bytes = shape.Aggregate((long)known.Size, (product, size) => checked(product * size));
            return shape.All(size => size >= 0) && offsets.Length == 2 && offsets[0] >= 0 && checked(offsets[1] - offsets[0]) == bytes
                ? new SafetensorsEntry(name, known.Type, shape, offsets[0], bytes)
                : throw Refused(path, $"{name} of type {type} and shape [{string.Join(", ", shape)}] needs {bytes} bytes, its offsets are [{string.Join(", ", offsets)}]");
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"{path} is not a whole weight file: the entry {name} is not of the form dtype, shape, data_offsets. {error.Message}", error);
        }
    }

    private static InvalidDataException Refused(string path, string reason) =>
        new($"{path} is not a whole weight file: {reason}. Fetch or save it again.");
}
