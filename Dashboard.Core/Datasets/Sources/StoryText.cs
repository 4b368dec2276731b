using System.Text;

namespace Crossbench.Datasets.Sources;

/// <summary>The last hand on a story: articles, capitals, paragraphs.</summary>
internal static class StoryText
{
    private const string Article = "(n)";

    /// <summary>Makes paragraphs of <c>//</c>, capitals at the start of sentences, and "a" or "an" of <c>a(n)</c>.</summary>
    public static string Finish(string raw)
    {
        var text = new StringBuilder(raw.Length);
        foreach (var paragraph in raw.Split("//"))
        {
            var words = paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var starts = true;
            for (var i = 0; i < words.Length; i++)
            {
                var word = words[i].EndsWith(Article, StringComparison.Ordinal) ? WithArticle(words[i], words[i + 1]) : words[i];
                text.Append(i > 0 ? " " : "").Append(starts ? Capital(word) : word);
                starts = EndsSentence(word);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string WithArticle(string article, string next)
    {
        var vowel = "aeiou".Contains(next[0], StringComparison.OrdinalIgnoreCase) || next.StartsWith("honest", StringComparison.Ordinal);
        return article[..^Article.Length] + (vowel ? "n" : "");
    }

    /// <summary>
    /// Whether the next word begins a sentence. Speech that ends in a full stop ends its sentence too; after "!" or "?" it may go on ("Where?" asked Tom).
    /// </summary>
    private static bool EndsSentence(string word) => word[^1] is '.' or '!' or '?' ? !word.EndsWith("Mr.", StringComparison.Ordinal) : word.EndsWith(".\"", StringComparison.Ordinal);

    /// <summary>The word with a capital, behind an opening quotation mark if it has one.</summary>
    public static string Capital(string word)
    {
        var at = word[0] == '"' && word.Length > 1 ? 1 : 0;
        return string.Concat(word.AsSpan(0, at), char.ToUpperInvariant(word[at]).ToString(), word.AsSpan(at + 1));
    }
}
