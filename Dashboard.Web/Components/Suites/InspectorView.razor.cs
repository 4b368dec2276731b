using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Components.Suites;

/// <summary>One run of the selection in detail: figures, curve, every setting, and the machine.</summary>
public sealed partial class InspectorView : SuiteViewBase
{
    private IReadOnlyList<RunRecord> Runs => [.. Enumerable.Range(0, Layout.Rows.Count).SelectMany(row => Enumerable.Range(0, Layout.Columns.Count).SelectMany(column => Matrix[row, column]?.Pips ?? [])).Select(pip => pip.Run)];

    private RunRecord? Chosen => Runs is [var first, ..] runs ? runs.FirstOrDefault(run => run.Id.Value == State.Run) ?? first : null;

    private RunEnvironment? Environment => Chosen is { } run && Store.Environments(run.Id) is [.., var last] ? last.Environment : null;
}
