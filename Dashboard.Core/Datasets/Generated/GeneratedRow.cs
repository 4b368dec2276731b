namespace Crossbench.Datasets.Generated;

/// <summary>A sequence while a generator writes it: a token and its class at each place. What is left unwritten is token 0 of class <see cref="TokenClass.Padding"/>.</summary>
internal ref struct GeneratedRow
{
    private readonly Span<int> _tokens;
    private readonly Span<TokenClass> _classes;

    public GeneratedRow(Span<int> tokens, Span<TokenClass> classes)
    {
        tokens.Clear();
        classes.Fill(TokenClass.Padding);
        _tokens = tokens;
        _classes = classes;
    }

    /// <summary>Tokens that <see cref="Add(int, TokenClass)"/> has written.</summary>
    public int Written { get; private set; }

    /// <summary>Number of tokens that <see cref="Add(int, TokenClass)"/> can still write.</summary>
    public readonly int Left => _tokens.Length - Written;

    /// <summary>Writes the next token.</summary>
    public void Add(int token, TokenClass item) => Set(Written++, token, item);

    /// <summary>Writes the next tokens, all of one class.</summary>
    public void Add(ReadOnlySpan<int> tokens, TokenClass item)
    {
        foreach (var token in tokens)
        {
            Add(token, item);
        }
    }

    /// <summary>Writes a token at any place.</summary>
    public readonly void Set(int place, int token, TokenClass item) => (_tokens[place], _classes[place]) = (token, item);
}
