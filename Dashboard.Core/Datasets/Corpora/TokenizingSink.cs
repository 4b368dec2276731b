using System.Buffers;
using System.Runtime.InteropServices;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Turns documents into tokens. Between two documents stands the end of text, or a line feed where the tokenizer has none.</summary>
/// <param name="tokenizer">The tokenizer.</param>
internal abstract class TokenizingSink(Tokenizer tokenizer) : IDocumentSink
{
    private const int Block = 1 << 20;
    private readonly ArrayBufferWriter<byte> _waiting = new(Block);
    private readonly List<int> _tokens = [];
    private readonly IReadOnlyList<int> _separator = tokenizer.Separator;
    private bool _isOpen;
    private bool _hasDocument;
    private bool _counted = true;

    public void Text(ReadOnlySpan<byte> utf8, bool counted = true)
    {
        if (utf8.IsEmpty)
        {
            return;
        }

        Begin(counted);
        _waiting.Write(utf8);
        if (_waiting.WrittenCount >= Block)
        {
            Encode(false);
        }
    }

    public void Marks(string marks, bool counted)
    {
        if (marks.Length == 0)
        {
            return;
        }

        Begin(counted);
        Encode(true);
        Take(tokenizer.EncodeWithSpecials(marks), counted);
    }

    public void EndDocument(bool endCounts = true)
    {
        Encode(true);
        (_isOpen, _counted) = (false, _counted && endCounts);
    }

    public abstract void BeginHeldOut();

    public abstract void Skip();

    public abstract void Advance(long bytes);

    /// <summary>Takes further tokens of the present document.</summary>
    protected abstract void Take(ReadOnlySpan<int> tokens, bool counted);

    /// <summary>A document starts with the next token.</summary>
    protected abstract void StartDocument();

    private void Begin(bool counted)
    {
        if (!_isOpen)
        {
            if (_hasDocument)
            {
                Take([.. _separator], _counted);
            }

            StartDocument();
            (_isOpen, _hasDocument) = (true, true);
        }
        else if (counted != _counted)
        {
            Encode(true);
        }

        _counted = counted;
    }

    /// <summary>Encodes what is settled; the rest may go on in the next piece, so it waits.</summary>
    private void Encode(bool final)
    {
        if (_waiting.WrittenCount == 0)
        {
            return;
        }

        var done = tokenizer.Encode(_waiting.WrittenSpan, final, _tokens);
        var rest = _waiting.WrittenSpan[done..].ToArray();
        _waiting.ResetWrittenCount();
        _waiting.Write(rest);
        Take(CollectionsMarshal.AsSpan(_tokens), _counted);
        _tokens.Clear();
    }
}

/// <summary>Counts tokens.</summary>
/// <param name="tokenizer">The tokenizer.</param>
internal sealed class CountingSink(Tokenizer tokenizer) : TokenizingSink(tokenizer)
{
    /// <summary>Tokens so far.</summary>
    public long Count { get; private set; }

    /// <summary>Broken records so far.</summary>
    public long Skipped { get; private set; }

    public override void BeginHeldOut()
    {
    }

    public override void Skip() => Skipped++;

    public override void Advance(long bytes)
    {
    }

    protected override void Take(ReadOnlySpan<int> tokens, bool counted) => Count += tokens.Length;

    protected override void StartDocument()
    {
    }
}
