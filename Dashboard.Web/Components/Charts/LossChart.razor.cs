using System.Globalization;
using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Charts;

/// <summary>The loss of one run, with its controls; how it is shown is part of the address.</summary>
public sealed partial class LossChart : ComponentBase
{
    private IReadOnlyList<ChartLine> _lines = [];

    /// <summary>The run as it is now.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    /// <summary>Whether the numbers are shown instead of the lines.</summary>
    [Parameter]
    public bool IsTable { get; set; }

    /// <summary>Its curves, read by the page.</summary>
    [CascadingParameter]
    internal RunCurves Curves { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private CurveView View => Curves.View;

    private int Weight => Math.Max(0, CurveView.Weights.ToList().IndexOf(View.Smoothing));

    private string Typed => Format.Typed(View.Smoothing);

    private string Description
    {
        get
        {
            var points = Curves.Smooth.Points.Where(point => double.IsFinite(point.Y)).ToArray();
            var train = points.Length == 0 ? "no point yet" : $"from {Format.ShortLoss(points[0].Y)} to {Format.ShortLoss(points[^1].Y)}";
            var evaluation = Curves.Latest is { } latest ? $"; evaluation {Format.ShortLoss(latest.Loss)} at step {Format.Count(latest.Step)}" : "";
            var chance = Run.Chance is { } value ? $"; chance {Format.ShortLoss(value)}" : "";
            var floor = Run.Floor is { } lowest ? $"; floor {Format.ShortLoss(lowest)}" : "";
            return $"Train loss of {Run.Spec.Name} by {Curves.AxisName}, {train}{evaluation}{chance}{floor}";
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => _lines = Curves.Lines;

    private void SetWeight(ChangeEventArgs change)
    {
        var weight = CurveView.Weights[Math.Clamp(int.Parse((string)change.Value!, CultureInfo.InvariantCulture), 0, CurveView.Weights.Count - 1)];
        Go(("smooth", weight == CurveView.Default.Smoothing ? null : weight.ToString(CultureInfo.InvariantCulture)));
    }

    private void ToggleLog() => Go(("log", View.IsLog ? null : "true"));

    private void SetAxis(CurveAxis axis) => Go(("x", axis == CurveAxis.Step ? null : axis.ToString().ToLowerInvariant()));

    private void ToggleTable() => Go(("table", IsTable ? null : "true"));

    private void Go((string Key, string? Value) change) => Addresses.NavigateTo(Urls.With(Addresses, change), replace: true);
}
