using System.Globalization;
using System.Text;
using Crossbench.Tests.Support;

namespace Crossbench.Tests.Datasets.Tokenizers;

/// <summary>
/// Unicode's normal form C, from the definitions: decompose fully, exchange neighbours that are out of order until none is, then compose what is not blocked.
/// </summary>
internal static class SlowNfc
{
    private static readonly Dictionary<int, int[]> Parts = [];
    private static readonly Dictionary<(int, int), int> Wholes = [];
    private static readonly Dictionary<int, int> Classes = [];

    static SlowNfc()
    {
        foreach (var line in Repository.Read("Dashboard.Core/Datasets/Tokenizers/Canonical.txt").Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.Split('=', '>') is [var whole, var parts])
            {
                Parts[Hex(whole)] = [.. parts.Split(' ').Select(Hex)];
                if (line.Contains('=', StringComparison.Ordinal))
                {
                    Wholes[(Parts[Hex(whole)][0], Parts[Hex(whole)][1])] = Hex(whole);
                }
            }
            else
            {
                var codes = line.Split(' ')[0].Split('-');
                for (var code = Hex(codes[0]); code <= Hex(codes[^1]); code++)
                {
                    Classes[code] = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
                }
            }
        }

        for (var syllable = 0xAC00; syllable <= 0xD7A3; syllable++)
        {
            var trail = (syllable - 0xAC00) % 28;
            Parts[syllable] = trail == 0 ? [0x1100 + ((syllable - 0xAC00) / 588), 0x1161 + ((syllable - 0xAC00) / 28 % 21)] : [syllable - trail, 0x11A7 + trail];
            Wholes[(Parts[syllable][0], Parts[syllable][1])] = syllable;
        }
    }

    public static string Normalize(string text)
    {
        var codes = text.EnumerateRunes().SelectMany(rune => Decompose(rune.Value)).ToList();
        for (var i = 1; i < codes.Count; i++)
        {
            for (var j = i; j > 0 && Class(codes[j]) > 0 && Class(codes[j - 1]) > Class(codes[j]); j--)
            {
                (codes[j - 1], codes[j]) = (codes[j], codes[j - 1]);
            }
        }

        for (var i = 1; i < codes.Count; i++)
        {
            var starter = codes.FindLastIndex(i - 1, code => Class(code) == 0);
            var blocked = starter < 0 || codes[(starter + 1)..i].Any(code => Class(code) >= Class(codes[i]));
            if (!blocked && Wholes.TryGetValue((codes[starter], codes[i]), out var whole))
            {
                codes[starter] = whole;
                codes.RemoveAt(i--);
            }
        }

        return string.Concat(codes.Select(char.ConvertFromUtf32));
    }

    private static IEnumerable<int> Decompose(int code) => Parts.TryGetValue(code, out var parts) ? parts.SelectMany(Decompose) : [code];

    private static int Class(int code) => Classes.GetValueOrDefault(code);

    private static int Hex(string code) => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
