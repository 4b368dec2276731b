using Microsoft.AspNetCore.WebUtilities;

namespace Crossbench.Web.Forms;

/// <summary>Settings of a specification as an address names them.</summary>
/// <param name="Settings">Texts by path; of a path that is named more than once the last.</param>
/// <param name="Problems">The paths that are named more than once.</param>
internal sealed record AddressSettings(IReadOnlyList<KeyValuePair<string, string>> Settings, IReadOnlyList<SpecProblem> Problems)
{
    /// <summary>Reads the query of an address.</summary>
    /// <param name="query">The query.</param>
    /// <param name="others">Names in it that are no settings.</param>
    public static AddressSettings Of(string query, params string[] others)
    {
        var pairs = QueryHelpers.ParseQuery(query).Where(pair => !others.Contains(pair.Key)).ToArray();
        return new AddressSettings(
            [.. pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.LastOrDefault() ?? ""))],
            [.. pairs.Where(pair => pair.Value.Count > 1).Select(pair => new SpecProblem(
                pair.Key, $"The address gives it {pair.Value.Count} times: {string.Join(", ", pair.Value.Select(text => $"\"{text}\""))}.", "Give it once, the items of a list with commas between them; the last stands here."))]);
    }
}
