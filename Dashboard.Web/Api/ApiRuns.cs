using System.Globalization;
using Crossbench.Runs;

namespace Crossbench.Web.Api;

/// <summary>Reads which runs a request is about.</summary>
internal static class ApiRuns
{
    private const int MostRuns = 1000;

    /// <summary>The runs of the parameter <c>runs</c>, in its order; those that there are not become problems.</summary>
    public static IReadOnlyList<RunRecord> Read(IRunStore store, ApiQuery query)
    {
        var words = query.Text("runs").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        if (words.Length is 0 or > MostRuns)
        {
            query.Problems.Add(new SpecProblem("runs", words.Length == 0 ? "There is none." : $"There are {words.Length}.", $"Give the ids of 1 to {MostRuns} runs with commas between them."));
            return [];
        }

        var runs = words.Select(word => (Word: word, Run: RunId.TryParse(word, CultureInfo.InvariantCulture, out var id) ? store.Find(id) : null)).ToArray();
        query.Problems.AddRange(runs.Where(item => item.Run is null).Select(item => new SpecProblem("runs", $"There is no run {item.Word}.", "Leave it out.")));
        return [.. runs.Select(item => item.Run).OfType<RunRecord>()];
    }
}
