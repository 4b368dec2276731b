using Crossbench.Runs;

namespace Crossbench.Web.Api;

/// <summary>Answers that are no data: what is wrong with a request, as JSON problems (RFC 9457).</summary>
internal static class ApiAnswer
{
    /// <summary>There is nothing at the address.</summary>
    public static IResult Missing(string sentence) => Results.Problem(sentence, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>The request is wrong; every problem is named.</summary>
    public static IResult Bad(IReadOnlyList<SpecProblem> problems) => Results.Problem(
        string.Join(' ', problems),
        statusCode: StatusCodes.Status400BadRequest,
        title: "Bad request",
        extensions: new Dictionary<string, object?> { ["problems"] = problems.Select(problem => new { path = problem.Path, reason = problem.Reason, remedy = problem.Remedy }) });

    /// <summary>Answers with what a run gives, or says that there is no such run, or what is wrong with the query.</summary>
    public static IResult Of(IRunStore store, string id, ApiQuery query, Func<RunRecord, IResult> answer)
    {
        query.Check();
        return !RunId.TryParse(id, null, out var known) || store.Find(known) is not { } run ? Missing($"There is no run {id}.")
            : query.Problems.Count > 0 ? Bad(query.Problems)
            : answer(run);
    }
}
