using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Reads the file of GPT-2's tokens: a line for each, its bytes in Base64 and its rank.</summary>
internal static class Gpt2Ranks
{
    /// <summary>Tokens in the file; the end of text comes after them.</summary>
    public const int Count = 50256;

    /// <summary>Where the build puts the file.</summary>
    public static string ShippedPath => Path.Combine(AppContext.BaseDirectory, "gpt2", "r50k_base.tiktoken");

    /// <summary>The bytes of each token, by rank.</summary>
    /// <exception cref="SpecException">The file is missing or is not what it should be.</exception>
    public static byte[][] Read(string path)
    {
        if (!File.Exists(path))
        {
            throw Unusable($"The tokens of GPT-2 are missing: {path} does not exist.");
        }

        var tokens = new byte[Count][];
        foreach (var (index, line) in File.ReadLines(path, Encoding.ASCII).Index().Where(line => line.Item.Length > 0))
        {
            var space = line.IndexOf(' ');
            if (space < 1 || !Base64.IsValid(line.AsSpan(0, space)) ||
                !int.TryParse(line.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var rank) || rank >= Count || tokens[rank] is not null)
            {
                throw Unusable($"Line {index + 1} of {path} is not a token with a rank of its own below {Count}.");
            }

            tokens[rank] = Convert.FromBase64String(line[..space]);
        }

        var missing = Array.IndexOf(tokens, null);
        return missing < 0 ? tokens : throw Unusable($"{path} has no token of rank {missing}.");
    }

    private static SpecException Unusable(string reason) =>
        new(new SpecProblem("dataset.tokenizer", reason, "Install the npm packages and build again (./run does both), or use bytes.") { Fixes = [new SpecFix("dataset.tokenizer", "bytes")] });
}
