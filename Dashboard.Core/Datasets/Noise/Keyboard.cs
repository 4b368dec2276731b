using System.Text;

namespace Crossbench.Datasets.Noise;

/// <summary>Keys beside one another on a QWERTY keyboard: letters beside letters, digits beside digits.</summary>
internal static class Keyboard
{
    private static readonly string[] Letters = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    private static readonly Dictionary<char, string> Known = Find();

    /// <summary>The neighbours of a key, in the case of the character; empty when it is none of the keys.</summary>
    public static string Neighbours(Rune character)
    {
        if (!character.IsAscii)
        {
            return "";
        }

        var key = (char)character.Value;
        var neighbours = Known.GetValueOrDefault(char.ToLowerInvariant(key), "");
        return char.IsAsciiLetterUpper(key) ? neighbours.ToUpperInvariant() : neighbours;
    }

    private static Dictionary<char, string> Find()
    {
        var known = new Dictionary<char, string>();
        for (var row = 0; row < Letters.Length; row++)
        {
            for (var column = 0; column < Letters[row].Length; column++)
            {
                // Each row stands half a key further to the right than the one above.
                known[Letters[row][column]] = string.Concat(Key(row, column - 1), Key(row, column + 1), Key(row - 1, column) + Key(row - 1, column + 1), Key(row + 1, column - 1) + Key(row + 1, column));
            }
        }

        const string Digits = "1234567890";
        foreach (var (column, digit) in Digits.Index())
        {
            known[digit] = Digits[Math.Max(0, column - 1)..Math.Min(Digits.Length, column + 2)].Replace(digit.ToString(), "", StringComparison.Ordinal);
        }

        return known;
    }

    private static string Key(int row, int column) => row >= 0 && row < Letters.Length && column >= 0 && column < Letters[row].Length ? Letters[row][column].ToString() : "";
}
