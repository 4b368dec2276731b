using Crossbench.Suites.Toml;

namespace Crossbench.Suites;

/// <summary>Reads a table <c>[[expect]]</c>.</summary>
internal sealed class ExpectationReader(string file, TomlTable table, List<SuiteProblem> problems)
{
    private static readonly string[] Keys = ["runs", "metric", "below", "above", "margin"];

    /// <summary>The expectation; null with problems.</summary>
    public (SuiteExpectation Expectation, TextPosition At)? Read()
    {
        var (before, fields) = (problems.Count, new TomlFields(file, table, problems));
        var runs = fields.Text("runs") ?? "*";
        var metric = fields.Text("metric") ?? SuiteExpectation.EvaluationLoss;
        var (below, above) = (Bound(fields, "below"), Bound(fields, "above"));
        var margin = fields.Number("margin") ?? 0;
        fields.RefuseRest(Keys, $"Known are {string.Join(", ", Keys)}.");
        if (!fields.Has("below") && !fields.Has("above"))
        {
            fields.Refuse(table.At, "The expectation has no bound.", "Add below or above: a number, \"chance\", \"floor\", or { runs = \"other-*\" }.");
        }

        if (margin < 0)
        {
            fields.Refuse(fields.PlaceOf("margin"), $"A margin of {margin} is below 0.", "Give 0 or more.");
        }

        return problems.Count == before ? (new SuiteExpectation(runs, metric, below, above, margin), table.At) : null;
    }

    private ExpectedBound? Bound(TomlFields fields, string key)
    {
        switch (fields.Take(key))
        {
            case null:
                return null;
            case TomlInteger number:
                return new ExpectedBound(number.Number, null, null);
            case TomlFloat number when double.IsFinite(number.Number):
                return new ExpectedBound(number.Number, null, null);
            case TomlString text when Enum.TryParse<ExpectedLine>(text.Text, ignoreCase: true, out var line) && char.IsAsciiLetterLower(text.Text[0]):
                return new ExpectedBound(null, line, null);
            case TomlTable other when other.Entries is [{ Key: "runs", Value: TomlString pattern }]:
                return new ExpectedBound(null, null, pattern.Text);
            case var other:
                fields.Refuse(other.At, $"\"{key}\" is no bound.", "Give a number, \"chance\", \"floor\", or { runs = \"other-*\" }.");
                return null;
        }
    }
}
