using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.RunTable;

/// <summary>What stands in place of the list when no run matches: how many there are, and what the nearest filters find.</summary>
public sealed partial class NoMatch : ComponentBase
{
    private const int ShownOffers = 3;
    private IReadOnlyList<(string Text, string Step, int Count, string Href)> _offers = [];
    private string? _seen;

    /// <summary>The filter, as it was read.</summary>
    [Parameter, EditorRequired]
    public FilterReading Reading { get; set; } = null!;

    /// <summary>The query that matches nothing.</summary>
    [Parameter, EditorRequired]
    public RunQuery Query { get; set; } = null!;

    /// <summary>All runs, by status.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyDictionary<RunStatus, int> Tally { get; set; } = null!;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private bool HasText => Reading.Text.Trim().Length > 0;

    private string Sentence
    {
        get
        {
            var (text, all) = (Reading.Text.Trim(), Tally.Values.Sum());
            return (HasText, Query.Statuses) switch
            {
                (true, []) => all == 1 ? $"The only run does not match \"{text}\"." : $"None of the {Format.Count(all)} runs matches \"{text}\".",
                (true, [var status, ..]) => $"No {Format.Status(status).ToLowerInvariant()} run matches \"{text}\"; there {(all == 1 ? "is 1 run" : $"are {Format.Count(all)} runs")} in all.",
                _ => "No run has this status now.",
            };
        }
    }

    /// <summary>Runs are counted again only when the filter, or the number of runs of a status, is another.</summary>
    protected override void OnParametersSet()
    {
        var asked = $"{Reading.Text}\n{string.Join(',', Query.Statuses)}\n{string.Join(',', Tally.Values)}";
        if (asked == _seen)
        {
            return;
        }

        _seen = asked;
        _offers = [.. Offers().Take(ShownOffers)];
    }

    private IEnumerable<(string Text, string Step, int Count, string Href)> Offers()
    {
        if (!HasText || Reading.Problems.Count > 0)
        {
            yield break;
        }

        if (Query.Statuses.Count > 0 && Count(Reading.Filter, []) is > 0 and var ofAny)
        {
            yield return (Reading.Text.Trim(), "of any status", ofAny, Urls.With(Addresses, ("status", null)));
        }

        foreach (var near in NearbyFilter.Of(Reading, Store.KnownValues, filter => Count(filter, Query.Statuses), ShownOffers))
        {
            yield return (near.Text, near.Step, near.Count, Urls.With(Addresses, ("q", near.Text)));
        }
    }

    private int Count(RunFilter? filter, IReadOnlyList<RunStatus> statuses) => Store.Query(new RunQuery { Filter = filter, Statuses = statuses, Limit = 0 }).Total;
}
