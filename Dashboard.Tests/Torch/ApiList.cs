using System.Text.RegularExpressions;

namespace Crossbench.Tests.Torch;

/// <summary>The members that torchsharp-api.txt states, by the full name of their type.</summary>
internal sealed partial class ApiList
{
    private readonly Dictionary<string, HashSet<string>> _members = [];

    private ApiList(string text) => Text = text;

    internal string Text { get; }

    internal static ApiList Load()
    {
        using var stream = typeof(ApiList).Assembly.GetManifestResourceStream("torchsharp-api.txt")!;
        using var reader = new StreamReader(stream);
        var list = new ApiList(reader.ReadToEnd());
        var current = new HashSet<string>();
        foreach (var line in list.Text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                current = list.MembersOf(Header().Match(line).Groups["name"].Value);
            }
            else if (!line.StartsWith('#'))
            {
                current.Add(Plain(line));
            }
        }

        return list;
    }

    internal bool Knows(string type) => _members.ContainsKey(type);

    /// <summary>Whether the list states the member; a property may lack the setter that the list gives it.</summary>
    internal bool States(string type, string member)
    {
        var members = _members[type];
        return members.Contains(member) || members.Contains(member.Replace("{ get; }", "{ get; set; }", StringComparison.Ordinal));
    }

    /// <summary>Nullable marks tell something only behind a value type; the list has those of reference types where TorchSharp declares them.</summary>
    private static string Plain(string line) => ReferenceMark().Replace(line, "");

    [GeneratedRegex(@"(?<!\b(ScalarType|bool|int|long|float|double|Range|\)))\?(?=[ ,>)\]])")]
    private static partial Regex ReferenceMark();

    [GeneratedRegex(@"(class|struct|enum) (?<name>TorchSharp[\w.]*(<[^>]*>)?)( :|$)")]
    private static partial Regex Header();

    private HashSet<string> MembersOf(string type)
    {
        if (!_members.TryGetValue(type, out var members))
        {
            _members[type] = members = [];
        }

        return members;
    }
}
