using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crossbench.Reports.TransBench;

/// <summary>The list of the reports in a folder, as TransBench keeps it: newest first, one entry a file. It is always made anew from the files.</summary>
public static class ReportManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "manifest.json";

    private const int SchemaVersion = 1;
    private static readonly JsonWriterOptions Pretty = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads all reports of a folder and writes the list.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>How many files are listed, and a sentence for each that is not.</returns>
    /// <exception cref="SpecException">The folder is not there, or the list cannot be written.</exception>
    public static (int Listed, IReadOnlyList<string> Skipped) Rebuild(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new SpecException(new SpecProblem("--output", $"{folder} is not there.", "Name a folder with reports."));
        }

        var (entries, skipped) = (new List<(DateTimeOffset At, string File, JsonElement Entry)>(), new List<string>());
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Where(file => Path.GetFileName(file) != FileName).Order(StringComparer.Ordinal))
        {
            var (entry, at, reason) = EntryOf(file);
            if (entry is { } known)
            {
                entries.Add((at, Path.GetFileName(file), known));
            }
            else
            {
                skipped.Add($"{Path.GetFileName(file)} is left out: {reason}.");
            }
        }

        AtomicFile.Write(Path.Combine(folder, FileName), replace: true, stream => Write(stream, entries.OrderByDescending(entry => entry.At).ThenBy(entry => entry.File, StringComparer.Ordinal)));
        return (entries.Count, skipped);
    }

    private static void Write(Stream stream, IEnumerable<(DateTimeOffset At, string File, JsonElement Entry)> entries)
    {
        using (var writer = new Utf8JsonWriter(stream, Pretty))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema_version", SchemaVersion);
            writer.WriteStartArray("reports");
            foreach (var (_, _, entry) in entries)
            {
                entry.WriteTo(writer);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void WriteEntry(Utf8JsonWriter writer, string file, JsonElement report)
    {
        writer.WriteStartObject();
        writer.WriteString("file", file);
        Copy(writer, report, "run", "timestamp_utc", "name", "tags");
        Copy(writer, report, "config", "arch", "dataset");
        writer.WriteString("device", Find(report, "config", "device") is { ValueKind: JsonValueKind.String } device ? device.GetString() : "cpu");
        Copy(writer, report, "config", "dtype", "hidden_size", "num_layers", "learning_rate");
        Copy(writer, report, "model", ("params", "total_parameters"));
        Copy(writer, report, "metrics", "tokens_per_s");
        Copy(writer, report, "derived", "tokens_per_s_per_mparam");
        Copy(writer, report, "metrics", "train_step_ms_mean", "forward_ms_mean", "loss_mean", "peak_mem_mb", "eval_loss");
        writer.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement report, string section, params string[] keys) =>
        Copy(writer, report, section, Array.ConvertAll(keys, key => (key, key)));

    private static void Copy(Utf8JsonWriter writer, JsonElement report, string section, params (string Name, string Key)[] keys)
    {
        foreach (var (name, key) in keys)
        {
            writer.WritePropertyName(name);
            if (Find(report, section, key) is { } found)
            {
                found.WriteTo(writer);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }

    private static JsonElement? Find(JsonElement report, string section, string key) =>
        report.TryGetProperty(section, out var part) && part.ValueKind == JsonValueKind.Object && part.TryGetProperty(key, out var found) ? found : null;

    private static DateTimeOffset TimeOf(JsonElement report) =>
        Find(report, "run", "timestamp_utc") is { ValueKind: JsonValueKind.String } text && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at : DateTimeOffset.MinValue;

    /// <summary>The entry of a file; it alone is kept, so that a folder of long reports takes no room.</summary>
    private static (JsonElement? Entry, DateTimeOffset At, string Reason) EntryOf(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var document = JsonDocument.Parse(stream);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("run", out _) || !root.TryGetProperty("config", out _))
            {
                return (null, default, "it is not a report");
            }

            using var text = new MemoryStream();
            using (var writer = new Utf8JsonWriter(text))
            {
                WriteEntry(writer, Path.GetFileName(file), root);
            }

            return (JsonElement.Parse(text.ToArray()), TimeOf(root), "");
        }
        catch (JsonException)
        {
            return (null, default, "it is not JSON");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, default, FileFault.Reason(file, error));
        }
    }
}
