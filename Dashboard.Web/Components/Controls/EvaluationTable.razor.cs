using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Training;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>The latest evaluation of each set of a run that has further ones: loss, interval, and chance and floor where they are known.</summary>
public sealed partial class EvaluationTable : ComponentBase
{
    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    private IReadOnlyList<(string Name, EvaluationRecord Latest, DatasetFacts Facts)> Rows { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Run.Spec.Evaluations.Count == 0)
        {
            Rows = [];
            return;
        }

        var latest = Store.ReadEvaluations(Run.Id, -1).GroupBy(item => item.Set).ToDictionary(group => group.Key, group => group.Last());
        IEnumerable<(string Name, DatasetFacts Facts)> sets =
        [
            (Evaluated.OwnSet, new DatasetFacts(Run.Chance, Run.Floor)),
            .. Run.Spec.Evaluations.Select(item => (item.Name, FactsOf(item))),
        ];
        Rows = [.. sets.Where(set => latest.ContainsKey(set.Name)).Select(set => (set.Name, latest[set.Name], set.Facts))];
    }

    private DatasetFacts FactsOf(EvaluationSpec evaluation) => DatasetCatalog.Find(evaluation.Dataset.Id)!.Describe(
        evaluation.Dataset.Options, evaluation.ContextLength ?? Run.Spec.Shape.ContextLength, SpecValidator.VocabularyOf(Run.Spec));
}
