using System.Globalization;

namespace Crossbench.Web.Api;

/// <summary>Reads the query of a request; everything that is wrong with it becomes a problem.</summary>
internal sealed class ApiQuery(IQueryCollection query, params IEnumerable<string> known)
{
    private readonly string[] _known = [.. known];

    /// <summary>What is wrong, unknown names too.</summary>
    public List<SpecProblem> Problems { get; } = [];

    /// <summary>Notes names that mean nothing here.</summary>
    public ApiQuery Check()
    {
        Problems.AddRange(query.Keys.Where(key => !_known.Contains(key)).Select(key => new SpecProblem(key, "There is no such parameter.", _known.Length == 0 ? "Leave it out." : $"Known are {string.Join(", ", _known)}.")));
        return this;
    }

    /// <summary>A text; empty when absent.</summary>
    public string Text(string name) => query[name].LastOrDefault() ?? "";

    /// <summary>A whole number in a range.</summary>
    public long Whole(string name, long usual, long least, long most)
    {
        if (!query.ContainsKey(name))
        {
            return usual;
        }

        if (long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Problems.Add(new SpecProblem(name, $"\"{Text(name)}\" is not a whole number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}.", "Give one in that range."));
        return usual;
    }

    /// <summary>Words of a closed list, separated by commas.</summary>
    public IReadOnlyList<T> Words<T>(string name) where T : struct, Enum
    {
        var found = new List<T>();
        foreach (var word in Text(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (char.IsLetter(word[0]) && Enum.TryParse<T>(word, ignoreCase: true, out var value))
            {
                found.Add(value);
            }
            else
            {
                Problems.Add(new SpecProblem(name, $"\"{word}\" is not known.", $"Give {string.Join(", ", Enum.GetNames<T>().Select(item => char.ToLowerInvariant(item[0]) + item[1..]))}."));
            }
        }

        return found;
    }

    /// <summary>A word of a closed list.</summary>
    public T Word<T>(string name, T usual) where T : struct, Enum => Words<T>(name) is [.., var last] ? last : usual;

    /// <summary>Yes or no.</summary>
    public bool Flag(string name)
    {
        if (!query.ContainsKey(name) || bool.TryParse(Text(name), out _))
        {
            return bool.TryParse(Text(name), out var value) && value;
        }

        Problems.Add(new SpecProblem(name, $"\"{Text(name)}\" is neither true nor false.", "Give true or false."));
        return false;
    }
}
