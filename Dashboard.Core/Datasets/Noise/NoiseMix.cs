using System.Text;

namespace Crossbench.Datasets.Noise;

/// <summary>How often each kind of mistake is made, against the others; what cannot be made somewhere leaves its share to the rest.</summary>
/// <param name="Typo">A neighbouring key.</param>
/// <param name="Swap">Two neighbouring letters in the wrong order.</param>
/// <param name="Drop">A letter left out.</param>
/// <param name="Double">A letter twice.</param>
/// <param name="Ocr">A letter or pair that looks like another.</param>
internal sealed record NoiseMix(double Typo, double Swap, double Drop, double Double, double Ocr)
{
    /// <summary>Whether anything can happen at all.</summary>
    public bool IsEmpty => Typo + Swap + Drop + Double + Ocr <= 0;
}

/// <summary>What was drawn for one character, the same at every rate.</summary>
/// <param name="Threshold">It is changed where the rate is above this.</param>
/// <param name="Kind">Chooses the kind of mistake, 0 to 1.</param>
/// <param name="Detail">Chooses among the ways to make it, 0 to 1.</param>
internal readonly record struct NoiseDraw(double Threshold, double Kind, double Detail)
{
    /// <summary>Draws for each character of a word.</summary>
    public static NoiseDraw[] For(int characters, ref RandomSequence random)
    {
        var draws = new NoiseDraw[characters];
        for (var i = 0; i < characters; i++)
        {
            draws[i] = new NoiseDraw(random.NextDouble(), random.NextDouble(), random.NextDouble());
        }

        return draws;
    }
}

/// <summary>Mistakes of typing and reading, character by character. Only letters and digits are mistaken; the first of a word is never left out.</summary>
internal static class CharacterNoise
{
    /// <summary>The text with its mistakes.</summary>
    /// <param name="text">Its characters.</param>
    /// <param name="draws">What was drawn for each.</param>
    /// <param name="rate">Probability that a mistake begins at a letter or digit.</param>
    /// <param name="mix">Which mistakes there are.</param>
    /// <returns>The text, and how many of its characters were mistaken.</returns>
    public static (string Text, int Changed) Apply(Rune[] text, NoiseDraw[] draws, double rate, NoiseMix mix)
    {
        var (noisy, changed) = (new StringBuilder(), 0);
        for (var i = 0; i < text.Length;)
        {
            var (instead, length) = draws[i].Threshold < rate && Rune.IsLetterOrDigit(text[i]) ? Mistake(text, i, draws[i], mix) : (null, 0);
            if (instead is null)
            {
                noisy.Append(text[i]);
                i++;
                continue;
            }

            noisy.Append(instead);
            changed += length;
            i += length;
        }

        return (noisy.ToString(), changed);
    }

    /// <summary>What stands instead of the characters from one on, and how many of them; null where none of the mistakes can be made.</summary>
    private static (string? Instead, int Length) Mistake(Rune[] text, int at, NoiseDraw draw, NoiseMix mix)
    {
        var own = text[at].ToString();
        var keys = Keyboard.Neighbours(text[at]);
        var looks = LookAlikes.At(text, at);
        var swaps = at + 1 < text.Length && Rune.IsLetterOrDigit(text[at + 1]) && text[at + 1] != text[at];
        var drops = at > 0 && Rune.IsLetterOrDigit(text[at - 1]);
        var weights = new[] { keys.Length > 0 ? mix.Typo : 0, swaps ? mix.Swap : 0, drops ? mix.Drop : 0, mix.Double, looks.Count > 0 ? mix.Ocr : 0 };
        return Pick(weights, draw.Kind) switch
        {
            0 => (keys[(int)(draw.Detail * keys.Length)].ToString(), 1),
            1 => (text[at + 1] + own, 2),
            2 => ("", 1),
            3 => (own + own, 1),
            4 => looks[(int)(draw.Detail * looks.Count)],
            _ => (null, 0),
        };
    }

    private static int Pick(double[] weights, double share)
    {
        var rest = share * weights.Sum();
        for (var kind = 0; kind < weights.Length; kind++)
        {
            if (weights[kind] > 0 && (rest -= weights[kind]) < 0)
            {
                return kind;
            }
        }

        // Rounding may leave a crumb at the end.
        return Array.FindLastIndex(weights, weight => weight > 0);
    }
}
