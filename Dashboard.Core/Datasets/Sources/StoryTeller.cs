using System.Text;

namespace Crossbench.Datasets.Sources;

/// <summary>Tells one story: draws phrases, never the same one of a rule twice while others are left, and remembers who is who.</summary>
/// <param name="grammar">The grammar; it begins with the rule <c>story</c> and names somebody <c>hero</c>.</param>
/// <param name="random">The draws.</param>
internal sealed class StoryTeller(StoryGrammar grammar, RandomSequence random)
{
    private const string Hero = "hero";
    private const string Self = "self";
    private readonly Dictionary<string, Dictionary<string, string>> _known = [];
    private readonly Dictionary<string, List<int>> _left = [];
    private RandomSequence _random = random;

    /// <summary>The story: paragraphs, a line feed after each.</summary>
    public string Tell()
    {
        var text = new StringBuilder();
        Put(text, Draw("story").Nodes, null);
        return StoryText.Finish(text.ToString());
    }

    private GrammarPhrase Draw(string rule)
    {
        var phrases = grammar[rule];
        if (!_left.TryGetValue(rule, out var left) || left.Count == 0)
        {
            _left[rule] = left = [.. Enumerable.Range(0, phrases.Count)];
        }

        var pick = _random.NextInt32(left.Count);
        var phrase = phrases[left[pick]];
        left.RemoveAt(pick);

        // A phrase that only names another rule stands for a phrase of that rule, attributes included.
        return phrase.Nodes is [GrammarNode.Rule { Capital: false } only] ? Draw(only.Name) : phrase;
    }

    private void Put(StringBuilder text, IReadOnlyList<GrammarNode> nodes, string? self)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case GrammarNode.Words words:
                    text.Append(words.Text);
                    break;
                case GrammarNode.Rule rule:
                    Put(text, rule.Capital, Text(Draw(rule.Name).Nodes, self));
                    break;
                case GrammarNode.Bind bind:
                    Bind(bind);
                    break;
                case GrammarNode.Variable variable:
                    Put(text, variable.Capital, Value(variable, self));
                    break;
                case GrammarNode.Choice choice:
                    Put(text, choice.Options[_random.NextInt32(choice.Options.Count)], self);
                    break;
            }
        }
    }

    private static void Put(StringBuilder text, bool capital, string words) => text.Append(capital ? StoryText.Capital(words) : words);

    private string Text(IReadOnlyList<GrammarNode> nodes, string? self)
    {
        var text = new StringBuilder();
        Put(text, nodes, self);
        return text.ToString();
    }

    private void Bind(GrammarNode.Bind bind)
    {
        var phrase = Draw(bind.Name);
        var self = Text(phrase.Nodes, null);
        var known = new Dictionary<string, string> { [""] = self, ["short"] = self };
        foreach (var (key, nodes) in phrase.Attributes)
        {
            known[key] = Text(nodes, self);
        }

        _known[bind.As] = known;
    }

    private string Value(GrammarNode.Variable variable, string? self)
    {
        if (variable.Name == Self && self is not null)
        {
            return self;
        }

        if (_known.TryGetValue(variable.Name, out var known) && known.TryGetValue(variable.Attribute, out var value))
        {
            return value;
        }

        return variable.Attribute.Length == 0 && _known.TryGetValue(Hero, out var hero) && hero.TryGetValue(variable.Name, out var own) ? own
            : throw new InvalidDataException($"The story has nothing named {variable.Name}{(variable.Attribute.Length > 0 ? "." : "")}{variable.Attribute} here.");
    }
}
