using System.Globalization;
using System.Text.Json;

namespace Crossbench.Reports.Import;

/// <summary>Reads values of a report by their path; what is missing or wrong becomes a problem with file and key, all of them in one go.</summary>
internal sealed class ReportJson(string file, JsonElement root, List<SpecProblem> problems)
{
    private const int LongestText = 100_000;

    /// <summary>Name of the file, for problems.</summary>
    public string File => file;

    /// <summary>What is wrong so far.</summary>
    public List<SpecProblem> Problems => problems;

    /// <summary>The value at a path of keys with points between; null when it is missing or null.</summary>
    public JsonElement? Find(string path)
    {
        var found = root;
        foreach (var key in path.Split('.'))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(key, out found))
            {
                return null;
            }
        }

        return found.ValueKind == JsonValueKind.Null ? null : found;
    }

    /// <summary>Notes a problem at a key.</summary>
    public void Add(string path, string reason, string remedy) => problems.Add(new SpecProblem($"{file}, {path}", reason, remedy));

    /// <summary>A text.</summary>
    public string Text(string path, bool isNeeded = false)
    {
        if (Needed(path, isNeeded) is not { } value)
        {
            return "";
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= LongestText } text)
        {
            return text;
        }

        Add(path, "It is no text, or a very long one.", "Give a text.");
        return "";
    }

    /// <summary>Texts.</summary>
    public IReadOnlyList<string> Texts(string path)
    {
        if (Find(path) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        Add(path, "It is no list of texts.", "Give a list of texts.");
        return [];
    }

    /// <summary>A number.</summary>
    public double? Number(string path, bool isNeeded = false)
    {
        if (Needed(path, isNeeded) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()))
        {
            return value.GetDouble();
        }

        Add(path, $"{Shown(value)} is not a number.", "Give a number, or null where it is not known.");
        return null;
    }

    /// <summary>A whole number in a range.</summary>
    public long? Whole(string path, long least, long most, bool isNeeded = false)
    {
        if (Needed(path, isNeeded) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var whole) && whole >= least && whole <= most)
        {
            return whole;
        }

        Add(path, $"{Shown(value)} is not a whole number from {least.ToString("N0", CultureInfo.InvariantCulture)} to {most.ToString("N0", CultureInfo.InvariantCulture)}.", "Give one in that range.");
        return null;
    }

    /// <summary>Yes or no.</summary>
    public bool? Flag(string path)
    {
        if (Find(path) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Add(path, $"{Shown(value)} is neither true nor false.", "Give true, false or null.");
        return null;
    }

    /// <summary>A moment.</summary>
    public DateTimeOffset? Moment(string path, bool isNeeded = false)
    {
        if (Needed(path, isNeeded) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            && at > DateTimeOffset.UnixEpoch)
        {
            return at;
        }

        Add(path, $"{Shown(value)} is not a time.", "Give one as in 2026-01-31T12:00:00+00:00.");
        return null;
    }

    /// <summary>Numbers, NaN where one is null; null when there is no list.</summary>
    /// <param name="path">The path.</param>
    /// <param name="length">Numbers that there must be; any number of them when absent.</param>
    public double[]? Numbers(string path, long? length = null)
    {
        if (Find(path) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind is not (JsonValueKind.Number or JsonValueKind.Null)))
        {
            Add(path, "It is no list of numbers.", "Give a list of numbers, with null where one was not finite.");
            return null;
        }

        if (length is { } wanted && value.GetArrayLength() != wanted)
        {
            Add(path, string.Create(CultureInfo.InvariantCulture, $"It has {value.GetArrayLength():N0} values, and the run has {wanted:N0} steps with its warm-up."), "Give one value a step, or null for the whole list.");
            return null;
        }

        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? double.NaN : item.GetDouble())];
    }

    /// <summary>A part of the report as a reader of its own, whose problems name the whole path.</summary>
    public ReportJson Part(JsonElement element, string path) => new($"{file}, {path}", element, problems);

    private JsonElement? Needed(string path, bool isNeeded)
    {
        var found = Find(path);
        if (found is null && isNeeded)
        {
            Add(path, "It is missing.", "A report needs it.");
        }

        return found;
    }

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: <= 60 } text ? text : $"a {value.ValueKind.ToString().ToLowerInvariant()}";
}
