using System.Text.Json.Nodes;
using Crossbench.Datasets;

namespace Crossbench.Web.Cli;

/// <summary>A dataset as <c>datasets --json</c> tells it.</summary>
internal static class DatasetJson
{
    /// <summary>A dataset.</summary>
    /// <param name="setup">The dataset.</param>
    /// <param name="report">A look into it; without one there are neither samples nor statistics.</param>
    /// <param name="problems">What keeps it from being opened.</param>
    /// <param name="notes">What a user should know, beside the notes of the look.</param>
    public static JsonObject Of(DatasetSetup setup, DatasetReport? report, IReadOnlyList<SpecProblem> problems, params IReadOnlyList<string> notes)
    {
        var facts = report?.Facts ?? (problems.Count > 0 ? new DatasetFacts(null, null) : setup.Dataset.Describe(setup.Options, setup.ContextLength, setup.Vocabulary));
        return new JsonObject
        {
            ["id"] = setup.Dataset.Id,
            ["title"] = setup.Dataset.Title,
            ["summary"] = setup.Dataset.Summary,
            ["contextLength"] = setup.ContextLength,
            ["vocabulary"] = setup.Vocabulary,
            ["chance"] = facts.Chance,
            ["floor"] = facts.Floor,
            ["noiseShare"] = facts.NoiseShare,
            ["irreducible"] = facts.Irreducible,
            ["options"] = OptionJson.Of(setup.Dataset.Defaults),
            ["samples"] = new JsonArray([.. (report?.Samples ?? []).Select(Sample)]),
            ["statistics"] = report is null ? null : Statistics(report.Statistics),
            ["notes"] = new JsonArray([.. notes.Concat(report?.Notes ?? []).Select(note => (JsonNode)note)]),
            ["problems"] = new JsonArray([.. problems.Select(problem => (JsonNode)problem.ToString())]),
        };
    }

    private static JsonNode Sample(SampleRow row) => new JsonObject
    {
        ["row"] = row.Row,
        ["omitted"] = row.Omitted,
        ["text"] = row.Text,
        ["target"] = row.Clean,
        ["ids"] = new JsonArray([.. row.Tokens.Select(token => (JsonNode)token.Id)]),
        ["tokens"] = new JsonArray([.. row.Tokens.Select(token => (JsonNode)token.Text)]),
        ["classes"] = new JsonArray([.. row.Tokens.Select(token => token.Class is { } kind ? (JsonNode)Format.Word(kind) : null)]),
        ["scored"] = new JsonArray([.. row.Tokens.Select(token => (JsonNode)token.IsScored)]),
        ["targets"] = row.Tokens.All(token => token.Predicted is null) ? null : new JsonArray([.. row.Tokens.Select(token => (JsonNode)(token.Predicted ?? token.Text))]),
    };

    private static JsonObject Statistics(DatasetStatistics statistics) => new()
    {
        ["rows"] = statistics.Rows,
        ["tokens"] = statistics.Tokens,
        ["documents"] = statistics.Documents,
        ["validationSequences"] = statistics.ValidationSequences,
        ["testSequences"] = statistics.TestSequences,
        ["distinctTokens"] = statistics.DistinctTokens,
        ["scoredShare"] = statistics.ScoredShare,
        ["scoredPerRow"] = statistics.ScoredPerRow,
        ["entropy"] = statistics.Entropy,
        ["classes"] = new JsonObject(statistics.Classes.Select(item => KeyValuePair.Create<string, JsonNode?>(Format.Word(item.Class), item.Share))),
        ["mostFrequent"] = new JsonArray([.. statistics.MostFrequent.Select(token => (JsonNode)new JsonObject { ["id"] = token.Id, ["text"] = token.Text, ["share"] = token.Share })]),
    };
}
