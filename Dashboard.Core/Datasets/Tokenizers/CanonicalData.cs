using System.Globalization;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// What Unicode says of canonical equivalence: combining classes, decompositions and their inverses. The runtime has no such data where globalisation is
/// invariant (there, <see cref="string.Normalize()"/> changes nothing), so it is part of the program.
/// </summary>
internal sealed class CanonicalData
{
    private const int HangulFirst = 0xAC00;
    private const int Leads = 19;
    private const int LeadFirst = 0x1100;
    private const int Vowels = 21;
    private const int VowelFirst = 0x1161;
    private const int Trails = 28;
    private const int TrailBefore = 0x11A7;
    private const int HangulCount = Leads * Vowels * Trails;
    private const int Limit = 0x30000;

    private static readonly Lazy<CanonicalData> Loaded = new(Read);
    private readonly byte[] _classes = new byte[Limit];
    private readonly Dictionary<int, (int First, int Second)> _parts = [];
    private readonly Dictionary<(int First, int Second), int> _wholes = [];
    private readonly bool[] _joins = new bool[Limit];
    private readonly bool[] _changes = new bool[Limit];

    private CanonicalData()
    {
    }

    public static CanonicalData Shared => Loaded.Value;

    /// <summary>The combining class; 0 for characters that nothing is reordered around.</summary>
    public byte Class(int code) => code < Limit ? _classes[code] : (byte)0;

    /// <summary>Whether a character may act on those before it: reorder with them or become one with them.</summary>
    public bool JoinsPrevious(int code) => code < Limit && _joins[code];

    /// <summary>Whether normalising may change a text that has this character.</summary>
    public bool MayChange(int code) => code < Limit && _changes[code];

    /// <summary>Adds the full decomposition of a character.</summary>
    public void Decompose(int code, List<int> parts)
    {
        if (code - HangulFirst is >= 0 and < HangulCount and var syllable)
        {
            parts.Add(LeadFirst + (syllable / (Vowels * Trails)));
            parts.Add(VowelFirst + (syllable / Trails % Vowels));
            if (syllable % Trails > 0)
            {
                parts.Add(TrailBefore + (syllable % Trails));
            }
        }
        else if (_parts.TryGetValue(code, out var pair))
        {
            Decompose(pair.First, parts);
            if (pair.Second >= 0)
            {
                parts.Add(pair.Second);
            }
        }
        else
        {
            parts.Add(code);
        }
    }

    /// <summary>The one character that two are equivalent to.</summary>
    public bool TryCompose(int first, int second, out int whole)
    {
        if (first - LeadFirst is >= 0 and < Leads and var lead && second - VowelFirst is >= 0 and < Vowels and var vowel)
        {
            whole = HangulFirst + (((lead * Vowels) + vowel) * Trails);
            return true;
        }

        if (first - HangulFirst is >= 0 and < HangulCount and var syllable && syllable % Trails == 0 && second - TrailBefore is > 0 and < Trails and var trail)
        {
            whole = first + trail;
            return true;
        }

        return _wholes.TryGetValue((first, second), out whole);
    }

    private static CanonicalData Read()
    {
        var data = new CanonicalData();
        using var stream = typeof(CanonicalData).Assembly.GetManifestResourceStream("unicode/canonical")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#')
            {
                data.Add(line);
            }
        }

        data.Classify();
        return data;
    }

    /// <summary>A line of the table; its head says what they mean.</summary>
    private void Add(string line)
    {
        var sign = line.IndexOfAny(['=', '>']);
        if (sign < 0)
        {
            var (range, value) = (line[..line.IndexOf(' ')].Split('-'), byte.Parse(line.AsSpan(line.IndexOf(' ') + 1), CultureInfo.InvariantCulture));
            for (var code = Hex(range[0]); code <= Hex(range[^1]); code++)
            {
                _classes[code] = value;
            }

            return;
        }

        var whole = Hex(line[..sign]);
        var parts = line[(sign + 1)..].Split(' ');
        _parts.Add(whole, (Hex(parts[0]), parts.Length > 1 ? Hex(parts[1]) : -1));
        if (line[sign] == '=')
        {
            _wholes.Add((Hex(parts[0]), Hex(parts[1])), whole);
        }
    }

    private void Classify()
    {
        var seconds = _wholes.Keys.Select(pair => pair.Second).ToHashSet();
        var composed = _wholes.Values.ToHashSet();
        var parts = new List<int>();
        for (var code = 0; code < Limit; code++)
        {
            parts.Clear();
            Decompose(code, parts);
            var first = parts[0];
            _joins[code] = _classes[first] > 0 || seconds.Contains(first) || first - VowelFirst is >= 0 and < Vowels || first - TrailBefore is > 0 and < Trails;
            _changes[code] = _joins[code] || (_parts.ContainsKey(code) && !composed.Contains(code));
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
