using System.Text;
using System.Text.Unicode;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Noise;

/// <summary>A word of clean tokens, as a model gets to see it.</summary>
/// <param name="Clean">Its clean tokens.</param>
/// <param name="Tokens">Its tokens, the clean ones where nothing was mistaken.</param>
/// <param name="Room">Tokens that it takes at the rate at which it takes most.</param>
/// <param name="Changed">Characters that were mistaken; none where two mistakes undo each other.</param>
/// <param name="Characters">Its characters, white space aside.</param>
internal readonly record struct NoisyWord(int[] Clean, int[] Tokens, int Room, int Changed, int Characters)
{
    /// <summary>
    /// Adds the mistakes of a rate. A changed word is tokenized by itself. Text that is no UTF-8 (a character cut by a tokenizer) stays as it is, and so does a
    /// word that would take more tokens than there are.
    /// </summary>
    /// <param name="clean">Its clean tokens.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="rate">Probability that a mistake begins at a letter or digit.</param>
    /// <param name="mix">Which mistakes there are.</param>
    /// <param name="most">Most tokens that a word may take.</param>
    /// <param name="random">The draws.</param>
    public static NoisyWord Of(ReadOnlySpan<int> clean, Tokenizer tokenizer, double rate, NoiseMix mix, int most, ref RandomSequence random)
    {
        var bytes = tokenizer.DecodeBytes(clean);
        if (!Utf8.IsValid(bytes))
        {
            return As(clean, clean.Length, 0);
        }

        var text = Encoding.UTF8.GetString(bytes);
        Rune[] characters = [.. text.EnumerateRunes()];
        var draws = NoiseDraw.For(characters.Length, ref random);
        var (noisy, changed) = CharacterNoise.Apply(characters, draws, rate, mix);
        var room = Math.Max(clean.Length, LargestRoom(text, characters, draws, tokenizer, mix));
        var visible = characters.Count(character => !Rune.IsWhiteSpace(character));
        return room > most ? As(clean, clean.Length, visible)
            : noisy == text ? As(clean, room, visible)
            : new NoisyWord(clean.ToArray(), tokenizer.Encode(noisy), room, changed, visible);
    }

    /// <summary>A word without mistakes.</summary>
    /// <param name="clean">Its clean tokens.</param>
    /// <param name="room">Tokens that it takes at the rate at which it takes most.</param>
    /// <param name="characters">Its characters, white space aside.</param>
    public static NoisyWord As(ReadOnlySpan<int> clean, int room, int characters)
    {
        var tokens = clean.ToArray();
        return new NoisyWord(tokens, tokens, room, 0, characters);
    }

    /// <summary>Most tokens at any rate. Between two thresholds nothing changes, so each form of the word is looked at once.</summary>
    private static int LargestRoom(string text, Rune[] characters, NoiseDraw[] draws, Tokenizer tokenizer, NoiseMix mix)
    {
        var (room, last) = (0, text);
        foreach (var threshold in draws.Where((_, i) => Rune.IsLetterOrDigit(characters[i])).Select(draw => draw.Threshold).Order())
        {
            var (form, _) = CharacterNoise.Apply(characters, draws, Math.BitIncrement(threshold), mix);
            if (form != last)
            {
                room = Math.Max(room, tokenizer.Encode(form).Length);
                last = form;
            }
        }

        return room;
    }
}
