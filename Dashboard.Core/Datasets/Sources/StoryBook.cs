using System.Globalization;
using System.Text;

namespace Crossbench.Datasets.Sources;

/// <summary>All stories of a seed, one after the other with an empty line between.</summary>
internal static class StoryBook
{
    private static readonly Lazy<string> Source = new(ReadSource);
    private static readonly Lazy<StoryGrammar> Grammar = new(() => StoryGrammar.Parse(Source.Value));

    /// <summary>Changes with the grammar, so that stories of an older one are not taken for those of this.</summary>
    public static string Version => RandomStreams.StableHash(Source.Value).ToString("x16", CultureInfo.InvariantCulture)[..8];

    /// <summary>Story number <paramref name="index"/>: it depends on the seed and its number alone.</summary>
    public static string Tell(int seed, int index) => Tell(seed, "stories", index);

    /// <summary>Story number <paramref name="index"/> of those for testing and validation.</summary>
    public static string TellHeldOut(int seed, int index) => Tell(seed, "held-out stories", index);

    private static string Tell(int seed, string stream, int index) => new StoryTeller(Grammar.Value, new RandomStreams(seed).Stream(stream, index)).Tell();

    public static void Write(Stream stream, int seed, int count)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
            {
                writer.Write('\n');
            }

            writer.Write(Tell(seed, i));
        }
    }

    private static string ReadSource()
    {
        var assembly = typeof(StoryBook).Assembly;
        var text = new StringBuilder();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("grammar/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            text.Append(reader.ReadToEnd().ReplaceLineEndings("\n")).Append('\n');
        }

        return text.ToString();
    }
}
