using System.Text;
using System.Text.RegularExpressions;

namespace Crossbench.Datasets.Sources;

/// <summary>A piece of a phrase.</summary>
internal abstract record GrammarNode
{
    /// <summary>Words as they are.</summary>
    public sealed record Words(string Text) : GrammarNode;

    /// <summary>A phrase of a rule, put in here.</summary>
    public sealed record Rule(string Name, bool Capital) : GrammarNode;

    /// <summary>A phrase of a rule, kept under a name and not put in.</summary>
    public sealed record Bind(string As, string Name) : GrammarNode;

    /// <summary>What is kept under a name, or one of its attributes.</summary>
    public sealed record Variable(string Name, string Attribute, bool Capital) : GrammarNode;

    /// <summary>One of several.</summary>
    public sealed record Choice(IReadOnlyList<IReadOnlyList<GrammarNode>> Options) : GrammarNode;
}

/// <summary>One phrase of a rule, with what else is known of it.</summary>
internal sealed record GrammarPhrase(IReadOnlyList<GrammarNode> Nodes, IReadOnlyDictionary<string, IReadOnlyList<GrammarNode>> Attributes);

/// <summary>
/// A grammar read from text. <c>== name (key=value; …)</c> begins a rule with attributes that all of its phrases have; each line after it is a phrase, with
/// attributes of its own after <c>; key=value</c>. In a phrase, <c>&lt;rule&gt;</c> is a phrase of another rule, <c>&lt;name=rule&gt;</c> keeps one under a name
/// without showing it, <c>{name}</c> and <c>{name.key}</c> show what was kept (<c>{key}</c> is the hero's), <c>[a|b]</c> is one of several, <c>^</c> after an
/// opening bracket makes a capital, <c>a(n)</c> is the fitting article, <c>//</c> begins a paragraph, and <c>%</c> at the start of a line a comment.
/// </summary>
internal sealed partial class StoryGrammar
{
    private readonly Dictionary<string, IReadOnlyList<GrammarPhrase>> _rules = [];

    /// <summary>The phrases of a rule.</summary>
    public IReadOnlyList<GrammarPhrase> this[string rule] => _rules[rule];

    /// <summary>Reads a grammar.</summary>
    /// <exception cref="InvalidDataException">A line cannot be understood, or names a rule that is not there.</exception>
    public static StoryGrammar Parse(string text)
    {
        var grammar = new StoryGrammar();
        var (name, shared, phrases) = ("", new Dictionary<string, IReadOnlyList<GrammarNode>>(), new List<GrammarPhrase>());
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (line.Length == 0 || line[0] == '%')
            {
                continue;
            }

            if (Heading().Match(line) is { Success: true } heading)
            {
                (name, shared, phrases) = (heading.Groups[1].Value, Attributes(heading.Groups[2].Value, []), []);
                if (!grammar._rules.TryAdd(name, phrases))
                {
                    throw new InvalidDataException($"Line {index + 1}: the rule {name} is there twice.");
                }

                continue;
            }

            var attributesAt = Attribute().Match(line) is { Success: true } first ? first.Index : line.Length;
            phrases.Add(new GrammarPhrase(Nodes(line[..attributesAt], index), Attributes(line[attributesAt..], shared)));
        }

        grammar.Check();
        return grammar;
    }

    private static Dictionary<string, IReadOnlyList<GrammarNode>> Attributes(string text, Dictionary<string, IReadOnlyList<GrammarNode>> inherited)
    {
        var attributes = new Dictionary<string, IReadOnlyList<GrammarNode>>(inherited);
        foreach (Match match in Attribute().Matches(text.StartsWith(';') ? text : $";{text}"))
        {
            attributes[match.Groups[1].Value] = Nodes(match.Groups[2].Value, 0);
        }

        return attributes;
    }

    private static List<GrammarNode> Nodes(string text, int line)
    {
        var at = 0;
        var nodes = Sequence(text, ref at, line);
        return at == text.Length ? nodes : throw new InvalidDataException($"Line {line + 1}: \"{text[at]}\" without its opening bracket in \"{text}\".");
    }

    private static List<GrammarNode> Sequence(string text, ref int at, int line)
    {
        var nodes = new List<GrammarNode>();
        var words = new StringBuilder();
        while (at < text.Length && text[at] is not (']' or '|'))
        {
            if (text[at] is not ('<' or '{' or '['))
            {
                words.Append(text[at++]);
                continue;
            }

            if (words.Length > 0)
            {
                nodes.Add(new GrammarNode.Words(words.ToString()));
                words.Clear();
            }

            nodes.Add(text[at] == '[' ? ReadChoice(text, ref at, line) : ReadReference(text, ref at, line));
        }

        if (words.Length > 0)
        {
            nodes.Add(new GrammarNode.Words(words.ToString()));
        }

        return nodes;
    }

    private static GrammarNode.Choice ReadChoice(string text, ref int at, int line)
    {
        var options = new List<IReadOnlyList<GrammarNode>>();
        do
        {
            at++;
            options.Add(Sequence(text, ref at, line));
        }
        while (at < text.Length && text[at] == '|');
        if (at == text.Length)
        {
            throw new InvalidDataException($"Line {line + 1}: a bracket is not closed in \"{text}\".");
        }

        at++;
        return new GrammarNode.Choice(options);
    }

    private static GrammarNode ReadReference(string text, ref int at, int line)
    {
        var match = Reference().Match(text, at);
        if (!match.Success)
        {
            throw new InvalidDataException($"Line {line + 1}: \"{text[at..]}\" does not begin with a reference.");
        }

        at += match.Length;
        var (isRule, capital, first, second) = (match.Value[0] == '<', match.Groups["capital"].Length > 0, match.Groups["first"].Value, match.Groups["second"].Value);
        return isRule && second.Length > 0 ? new GrammarNode.Bind(first, second)
            : isRule ? new GrammarNode.Rule(first, capital)
            : new GrammarNode.Variable(first, second, capital);
    }

    private void Check()
    {
        var nodes = _rules.Values.SelectMany(phrases => phrases).SelectMany(phrase => phrase.Attributes.Values.Prepend(phrase.Nodes)).SelectMany(list => list);
        foreach (var missing in nodes.SelectMany(Named).Where(name => !_rules.ContainsKey(name)))
        {
            throw new InvalidDataException($"There is no rule named {missing}.");
        }
    }

    private static IEnumerable<string> Named(GrammarNode node) => node switch
    {
        GrammarNode.Rule rule => [rule.Name],
        GrammarNode.Bind bind => [bind.Name],
        GrammarNode.Choice choice => choice.Options.SelectMany(option => option).SelectMany(Named),
        _ => [],
    };

    [GeneratedRegex(@"^== ([a-z_0-9]+)(?: \((.*)\))?$")]
    private static partial Regex Heading();

    [GeneratedRegex(@";\s*([a-z]+)=((?:(?!;\s*[a-z]+=).)*)")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\G(?:<(?<capital>\^?)(?<first>[a-z_0-9]+)(?:=(?<second>[a-z_0-9]+))?>|\{(?<capital>\^?)(?<first>[a-z]+)(?:\.(?<second>[a-z]+))?\})")]
    private static partial Regex Reference();
}
