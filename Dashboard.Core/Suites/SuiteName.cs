using System.Text.RegularExpressions;
using Crossbench.Training;

namespace Crossbench.Suites;

/// <summary>
/// Makes the name of a run: a template whose braces hold paths (<c>{dataset.signalRatio}</c>) or their last parts (<c>{signalRatio}</c>), or, without braces, the
/// name with what differs behind it.
/// </summary>
internal sealed partial class SuiteName(SuiteDraft draft, RunSpec spec)
{
    private const string NamePath = "name";
    private const string SeedPath = "seed";
    private static readonly string[] Ids = ["architecture.id", "dataset.id"];

    /// <summary>The name; unknown braces are problems.</summary>
    public string Make(List<SuiteProblem> problems)
    {
        var template = draft.Settings.LastOrDefault(setting => setting.Path == NamePath);
        if (draft.IsTransBench)
        {
            return spec.Name;
        }

        return template is not null && template.Text.Contains('{', StringComparison.Ordinal)
            ? Brace().Replace(template.Text, match => Value(match.Groups[1].Value) ?? Refuse(match.Groups[1].Value, template, problems))
            : spec.Name + string.Concat(draft.Points.Select(point => Suffix(point[0], hasIds: template is null)));
    }

    private static string Suffix(SuiteSetting setting, bool hasIds) => setting.Path switch
    {
        SeedPath => $"-s{setting.Text}",
        var path when Ids.Contains(path) => hasIds ? "" : $"-{setting.Text}",
        _ => $"-{setting.ShortName}{setting.Text}",
    };

    private string? Value(string word) => word switch
    {
        "architecture" or "architecture.id" => spec.Architecture.Id,
        "dataset" or "dataset.id" => spec.Dataset.Id,
        SeedPath => FormattableString.Invariant($"{spec.Seed}"),
        _ => draft.Points.SelectMany(point => point).Concat(draft.Settings.Reverse()).FirstOrDefault(setting => setting.Path == word || setting.ShortName == word)?.Text
            ?? RunSpecJson.Flatten(RunSpecJson.Write(spec)).Where(pair => pair.Key == word && pair.Key != NamePath).Select(pair => pair.Value).FirstOrDefault(),
    };

    private static string Refuse(string word, SuiteSetting template, List<SuiteProblem> problems)
    {
        problems.Add(new SuiteProblem(template.File, template.At, new SpecProblem(NamePath, $"\"{{{word}}}\" is no setting of the run.", "Put a path in braces, such as {seed} or {dataset.signalRatio}.")));
        return word;
    }

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Brace();
}
