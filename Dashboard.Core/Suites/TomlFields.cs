using Crossbench.Suites.Toml;

namespace Crossbench.Suites;

/// <summary>Takes what is known out of a table of a suite file; everything else in it, and every value of a wrong kind, is a problem.</summary>
/// <param name="file">The file.</param>
/// <param name="table">The table.</param>
/// <param name="problems">Gets the problems.</param>
internal sealed class TomlFields(string file, TomlTable table, List<SuiteProblem> problems)
{
    private readonly HashSet<string> _taken = [];

    public TextPosition PlaceOf(string key) => table.Find(key)?.At ?? table.At;

    public bool Has(string key) => table.Find(key) is not null;

    public string? Text(string key) => Take<TomlString>(key, "text in quotes")?.Text;

    public double? Number(string key) => Take(key) switch
    {
        null => null,
        TomlInteger whole => whole.Number,
        TomlFloat real when double.IsFinite(real.Number) => real.Number,
        var other => Wrong<double?>(key, other, "a number"),
    };

    public TomlTable? Table(string key) => Take<TomlTable>(key, $"a table, [{key}]");

    public TomlArray? List(string key) => Take<TomlArray>(key, "a list, [ … ]");

    /// <summary>The tables of a list of tables.</summary>
    public IEnumerable<TomlTable> Tables(string key)
    {
        if (Take<TomlArray>(key, $"a list of tables, [[{key}]]") is not { } list)
        {
            yield break;
        }

        foreach (var item in list.Items)
        {
            if (item is TomlTable found)
            {
                yield return found;
            }
            else
            {
                Wrong<TomlTable>(key, item, $"tables, [[{key}]]");
            }
        }
    }

    /// <summary>The texts of a list of texts.</summary>
    public IReadOnlyList<(string Text, TextPosition At)> Texts(string key) =>
        [.. (List(key)?.Items ?? []).Select(item => item is TomlString text ? (text.Text, text.At) : (Wrong<string>(key, item, "texts in quotes") ?? "", item.At)).Where(item => item.Item1.Length > 0)];

    /// <summary>The entries that were not taken.</summary>
    public IEnumerable<TomlEntry> Rest() => table.Entries.Where(entry => !_taken.Contains(entry.Key));

    /// <summary>Makes a problem of each entry that was not taken.</summary>
    /// <param name="known">What is known here.</param>
    /// <param name="remedy">What to do when no known key is near.</param>
    public void RefuseRest(IReadOnlyList<string> known, string remedy) => RefuseRest(known, _ => null, remedy);

    /// <summary>Makes a problem of each entry that was not taken.</summary>
    /// <param name="known">What is known here.</param>
    /// <param name="elsewhere">Where a key that is not near to those belongs; null when nobody knows.</param>
    /// <param name="remedy">What to do when nothing is near.</param>
    public void RefuseRest(IReadOnlyList<string> known, Func<string, string?> elsewhere, string remedy)
    {
        foreach (var entry in Rest())
        {
            Refuse(entry.At, $"There is no key \"{entry.Key}\" here.", NearestWord.To(entry.Key, known) is { } near ? $"Did you mean {near}?" : elsewhere(entry.Key) ?? remedy);
        }
    }

    public void Refuse(TextPosition at, string reason, string remedy) => problems.Add(new SuiteProblem(file, at, new SpecProblem("", reason, remedy)));

    /// <summary>Takes an entry as it is.</summary>
    public TomlValue? Take(string key)
    {
        _taken.Add(key);
        return table.Find(key)?.Value;
    }

    private T? Take<T>(string key, string wanted) where T : TomlValue => Take(key) switch
    {
        null => null,
        T value => value,
        var other => Wrong<T>(key, other, wanted),
    };

    private T? Wrong<T>(string key, TomlValue value, string wanted)
    {
        Refuse(value.At, $"\"{key}\" is {value.Kind}.", $"Give {wanted}.");
        return default;
    }
}
