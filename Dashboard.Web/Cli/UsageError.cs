using System.Text.RegularExpressions;

namespace Crossbench.Web.Cli;

/// <summary>What the command line says of a value that it cannot read, without the names of our types.</summary>
internal static partial class UsageError
{
    /// <summary>The message of the parser in words that a user knows.</summary>
    public static string Text(string message) => Unreadable().Match(message) is not { Success: true } match ? message
        : $"{match.Groups["option"].Value} {match.Groups["value"].Value} {Expected(match.Groups["type"].Value, match.Groups["choices"].Value)}";

    private static string Expected(string type, string choices) => type switch
    {
        "System.Int32" or "System.Int64" => "is not a whole number.",
        "System.Double" or "System.Single" => "is not a number.",
        "System.Boolean" => "is neither true nor false.",
        _ when choices.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words => $"is not known. Give one of {string.Join(", ", words.Select(word => word.ToLowerInvariant()))}.",
        _ => "cannot be read.",
    };

    [GeneratedRegex(@"^Cannot parse argument (?<value>'.*') for (?:option|command) '(?<option>[^']+)' as expected type '(?<type>[^']+)'\.(?: Did you mean one of the following\?(?<choices>.*))?$", RegexOptions.Singleline)]
    private static partial Regex Unreadable();
}
