namespace Crossbench.Suites.Toml;

/// <summary>A key of a table with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="At">Where the key was first written.</param>
/// <param name="Value">The value.</param>
public sealed record TomlEntry(string Key, TextPosition At, TomlValue Value);

/// <summary>A table: keys with values, in the order of the file.</summary>
public sealed record TomlTable : TomlValue
{
    private readonly List<TomlEntry> _entries = [];
    private readonly Dictionary<string, TomlEntry> _byKey = [];

    internal TomlTable(TextPosition at) : base(at)
    {
    }

    /// <summary>The entries, in the order of the file.</summary>
    public IReadOnlyList<TomlEntry> Entries => _entries;

    /// <inheritdoc/>
    public override string Kind => "a table";

    /// <summary>The entry of a key, or null.</summary>
    public TomlEntry? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Adds an entry; the key must be new.</summary>
    internal void Add(TomlEntry entry)
    {
        _byKey.Add(entry.Key, entry);
        _entries.Add(entry);
    }
}
