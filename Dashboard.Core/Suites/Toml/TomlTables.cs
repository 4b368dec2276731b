namespace Crossbench.Suites.Toml;

/// <summary>One key of a path, with its place.</summary>
internal readonly record struct TomlKey(string Name, TextPosition At);

/// <summary>Builds the tables of a document and refuses what TOML forbids: to define a key or a table twice, or to add to what is complete.</summary>
internal sealed class TomlTables
{
    private readonly Dictionary<TomlTable, Origin> _origins = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TomlArray, List<TomlValue>> _elements = new(ReferenceEqualityComparer.Instance);

    public TomlTables() => Root = Create(new TextPosition(1, 1), Origin.Header);

    /// <summary>How a table came to be, which decides what may be added to it.</summary>
    private enum Origin
    {
        /// <summary>As a part of the path of a header; its own header may follow.</summary>
        Path,

        /// <summary>By its header.</summary>
        Header,

        /// <summary>By a dotted key; further dotted keys of the same section and headers below may follow.</summary>
        Dotted,

        /// <summary>In braces; complete.</summary>
        Inline,
    }

    public TomlTable Root { get; }

    /// <summary>A table in braces, to be filled.</summary>
    public TomlTable CreateInline(TextPosition at) => Create(at, Origin.Inline);

    /// <summary>The table that a header opens.</summary>
    /// <param name="path">The header's keys.</param>
    /// <param name="isElement">Whether it has two brackets and opens a further element of an array.</param>
    /// <exception cref="TomlError">The header is not allowed.</exception>
    public TomlTable Open(IReadOnlyList<TomlKey> path, bool isElement)
    {
        var table = Root;
        foreach (var key in path.SkipLast(1))
        {
            table = table.Find(key.Name) switch
            {
                null => AddTable(table, key, Origin.Path),
                { Value: TomlTable next } found => _origins[next] != Origin.Inline ? next : throw Complete(key, found),
                { Value: TomlArray array } when _elements.TryGetValue(array, out var elements) => (TomlTable)elements[^1],
                var found => throw NoTable(key, found),
            };
        }

        return isElement ? AddElement(table, path[^1]) : OpenTable(table, path[^1]);
    }

    /// <summary>Adds a value under a key that may be dotted.</summary>
    /// <param name="table">The table of the section, or one in braces.</param>
    /// <param name="path">The key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="TomlError">The key is not allowed.</exception>
    public void Add(TomlTable table, IReadOnlyList<TomlKey> path, TomlValue value)
    {
        foreach (var key in path.SkipLast(1))
        {
            table = table.Find(key.Name) switch
            {
                null => AddTable(table, key, Origin.Dotted),
                { Value: TomlTable next } when _origins[next] == Origin.Dotted => next,
                { Value: TomlTable } found => throw Complete(key, found),
                var found => throw NoTable(key, found),
            };
        }

        if (table.Find(path[^1].Name) is { } first)
        {
            throw Twice(path[^1], first);
        }

        table.Add(new TomlEntry(path[^1].Name, path[^1].At, value));
    }

    private TomlTable Create(TextPosition at, Origin origin)
    {
        var table = new TomlTable(at);
        _origins.Add(table, origin);
        return table;
    }

    private TomlTable AddTable(TomlTable parent, TomlKey key, Origin origin)
    {
        var table = Create(key.At, origin);
        parent.Add(new TomlEntry(key.Name, key.At, table));
        return table;
    }

    private TomlTable OpenTable(TomlTable parent, TomlKey key)
    {
        switch (parent.Find(key.Name))
        {
            case null:
                return AddTable(parent, key, Origin.Header);
            case { Value: TomlTable table } when _origins[table] == Origin.Path:
                _origins[table] = Origin.Header;
                return table;
            case var found:
                throw Twice(key, found);
        }
    }

    private TomlTable AddElement(TomlTable parent, TomlKey key)
    {
        var table = Create(key.At, Origin.Header);
        switch (parent.Find(key.Name))
        {
            case null:
                var elements = new List<TomlValue> { table };
                var array = new TomlArray(elements, key.At);
                _elements.Add(array, elements);
                parent.Add(new TomlEntry(key.Name, key.At, array));
                return table;
            case { Value: TomlArray known } when _elements.TryGetValue(known, out var before):
                before.Add(table);
                return table;
            case var found:
                throw Twice(key, found);
        }
    }

    private static TomlError Twice(TomlKey key, TomlEntry first) => new(
        key.At,
        $"\"{key.Name}\" is defined already, in line {first.At.Line}, as {first.Value.Kind}.",
        first.Value is TomlTable ? "Put all its keys in one place, or give another name." : "Remove one of the two, or give another name.");

    private static TomlError Complete(TomlKey key, TomlEntry first) => new(
        key.At, $"Nothing can be added here to the table \"{key.Name}\", defined in line {first.At.Line}.", "Add the key where the table is defined.");

    private static TomlError NoTable(TomlKey key, TomlEntry first) => new(
        key.At, $"\"{key.Name}\" is {first.Value.Kind}, defined in line {first.At.Line}, so it has no keys.", "Give another name, or write [[…]] where a list of tables is meant.");
}
