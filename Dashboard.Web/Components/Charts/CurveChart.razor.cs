using System.Globalization;
using Crossbench.Runs;
using Crossbench.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Crossbench.Web.Components.Charts;

/// <summary>
/// Curves of runs, live, with all that belongs to them: axes, smoothing, bands over seeds, zoom, table, downloads. How it is shown is part of the address, which
/// all charts of a page share: so they zoom together.
/// </summary>
public sealed partial class CurveChart : LiveComponent
{
    private const int MostLabels = 14;
    private const int MostUnified = 8;
    private LineChart? _chart;
    private CurveView _view = CurveView.Default;
    private CurveData? _data;
    private IReadOnlyList<ChartLine> _lines = [];
    private ChartFrame _frame = new();
    private ChartLine? _markLine;
    private string _identity = "";
    private string _path = "";

    /// <summary>Names the chart in files.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>The unit of its values; empty for none.</summary>
    [Parameter]
    public string Unit { get; set; } = "";

    /// <summary>What is to be seen.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<CurveGroup> Groups { get; set; } = [];

    /// <summary>Values to compare with.</summary>
    [Parameter]
    public IReadOnlyList<ChartReference> References { get; set; } = [];

    /// <summary>Events, by step of the only run.</summary>
    [Parameter]
    public IReadOnlyList<(long Step, string Text)> Marks { get; set; } = [];

    /// <summary>Whether the evaluations of the only run are shown, with their intervals.</summary>
    [Parameter]
    public bool ShowsEvaluations { get; set; }

    /// <summary>Whether the page's controls stand here; one chart of a page has them.</summary>
    [Parameter]
    public bool HasControls { get; set; }

    /// <summary>Whether smoothing makes sense for the values.</summary>
    [Parameter]
    public bool IsSmooth { get; set; } = true;

    /// <summary>Whether the numbers are shown instead of the lines.</summary>
    [Parameter]
    public bool IsTable { get; set; }

    /// <summary>What stands in place of a chart without points.</summary>
    [Parameter]
    public string Empty { get; set; } = "No points yet.";

    /// <summary>Height in px.</summary>
    [Parameter]
    public int Height { get; set; } = 292;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private string Colour => Groups[0].Colour;

    private int Weight => Math.Max(0, CurveView.Weights.ToList().IndexOf(_view.Smoothing));

    private string Typed => Format.Typed(_view.Smoothing);

    private string AxisName => _view.Axis switch
    {
        CurveAxis.Tokens => "tokens",
        CurveAxis.Time => _data?.Unit ?? "time",
        CurveAxis.Flops => "FLOPs",
        _ => "step",
    };

    private bool IsLoss => Unit.StartsWith("nats", StringComparison.Ordinal);

    private string Note => $"{(Unit.Length > 0 ? Unit + ", " : "")}by {AxisName}{(Groups.Any(group => group.Members.Count > 1) ? "; mean over seeds with its 95 % t interval" : "")}";

    private string CsvHref => Urls.Series([.. Groups.SelectMany(group => group.Members).Select(member => member.Run.Id).Distinct()], [.. Groups.SelectMany(group => group.Members).Select(member => member.Metric).Distinct()]);

    private string Footer => _data switch
    {
        null => "",
        { Drawn: 0 } data => $"{Format.Count(data.InMeans)} of {Format.Plural(data.Total, "point")} in means over seeds",
        var data => $"{Format.Count(Math.Min(data.Drawn, data.Total))} of {Format.Plural(data.Total, "point")} drawn"
            + (data.InMeans > 0 ? $", {Format.Count(data.InMeans)} in means over seeds" : "")
            + (data.Drawn < data.InRange ? ": the smallest and the largest of each pixel column" : ""),
    };

    private string Description => CurveWords.Of(Title, AxisName, _data!, References);

    /// <inheritdoc/>
    protected override void OnInitialized() => Addresses.LocationChanged += OnLocationChanged;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _path = new Uri(Addresses.Uri).AbsolutePath;
        var identity = string.Join('\n', Groups.Select(group => group.Identity));
        if (identity != _identity)
        {
            (_identity, _data) = (identity, null);
            var runs = Groups.SelectMany(group => group.Members).Select(member => member.Run.Id).Distinct().ToArray();
            await WatchAsync(runs.Length == 1 ? runs[0] : null, ReloadAsync);
        }
        else if (CurveView.Of(Addresses.Uri) != _view)
        {
            ReadAnew();
        }
        else
        {
            Frame();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Addresses.LocationChanged -= OnLocationChanged;
        base.Dispose(disposing);
    }

    private Task ReloadAsync(CancellationToken cancellation)
    {
        if (_data?.ReadOn() == true)
        {
            Frame();
        }
        else
        {
            ReadAnew();
        }

        return Task.CompletedTask;
    }

    // The old points stay on the page until the new ones are read.
    private void ReadAnew()
    {
        _view = CurveView.Of(Addresses.Uri);
        var current = _data is null ? Groups : Groups.Select(group => group with { Members = [.. group.Members.Select(member => Store.Find(member.Run.Id) is { } run ? member with { Run = run } : member)] });
        _data = new CurveData(Store, [.. current], IsSmooth ? _view : _view with { Smoothing = 0 }, ShowsEvaluations, _data?.Lines ?? []);
        Frame();
    }

    private void Frame()
    {
        if (_data is not { } data)
        {
            return;
        }

        var lines = data.Lines;
        if (Marks.Count > 0 && data.Groups.First().Curves[0] is { } curve)
        {
            _markLine ??= new ChartLine("events", "--text-3", LineLook.Marks);
            _markLine.Show([.. Marks.Select(mark => (X: curve.X(mark.Step), mark.Text)).Where(mark => mark.X >= data.Range.Low && mark.X <= data.Range.High)]);
            lines = [.. lines, _markLine];
        }

        _lines = lines.SequenceEqual(_lines) ? _lines : lines;
        var now = data.IsSingle ? data.Groups.First().Curves[0] : null;
        _frame = new ChartFrame
        {
            X = data.Range,
            Y = ChartFrame.RangeOf(Values(data), References, _view.IsLog),
            IsLog = _view.IsLog,
            IsLogX = _view.IsLogX,
            IsUnified = lines.Count(line => !line.IsQuiet) <= MostUnified,
            XFormat = _view.Axis is CurveAxis.Step or CurveAxis.Time ? "," : "~s",
            UnspentFrom = now is null || now.Run.Status == RunStatus.Completed || (_view.Axis == CurveAxis.Time && now.Run.Status.IsEnded()) ? null : now.Now,
            References = References,
            Labels = Labels(data),
        };
    }

    /// <summary>Of each line the smallest, the smallest above 0 and the largest value in the part that is shown.</summary>
    private static IEnumerable<double> Values(CurveData data)
    {
        foreach (var line in data.Lines)
        {
            var (low, positive, high) = (double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity);
            foreach (var point in line.Points)
            {
                if (point.X >= data.Range.Low && point.X <= data.Range.High && double.IsFinite(point.Y))
                {
                    var (bottom, top) = (double.IsFinite(point.Low) ? point.Low : point.Y, double.IsFinite(point.High) ? point.High : point.Y);
                    (low, high) = (Math.Min(low, bottom), Math.Max(high, top));
                    positive = bottom > 0 ? Math.Min(positive, bottom) : point.Y > 0 ? Math.Min(positive, point.Y) : positive;
                }
            }

            yield return low;
            yield return positive;
            yield return high;
        }
    }

    private static ChartLabel[] Labels(CurveData data)
    {
        var shown = data.Groups.Where(group => group.Lines.Count > 0).ToArray();
        return shown.Length is < 2 or > MostLabels
            ? []
            :
            [
                .. from item in shown
                   let last = item.Lines.Last(line => line.Look == LineLook.Smooth).Points.Where(point => point.X <= data.Range.High && double.IsFinite(point.Y)).Select(point => (double?)point.Y).LastOrDefault()
                   where last is not null
                   select new ChartLabel(item.Group.Name, Math.Round(last.Value, 3), item.Group.TextColour),
            ];
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        if (new Uri(change.Location).AbsolutePath == _path && CurveView.Of(change.Location) != _view)
        {
            _ = InvokeAsync(async () =>
            {
                try
                {
                    ReadAnew();
                    StateHasChanged();
                }
                catch (RunStoreException error)
                {
                    await DispatchExceptionAsync(error);
                }
            });
        }
    }

    private void SetWeight(ChangeEventArgs change)
    {
        var weight = CurveView.Weights[Math.Clamp(int.Parse((string)change.Value!, CultureInfo.InvariantCulture), 0, CurveView.Weights.Count - 1)];
        Go(("smooth", weight == CurveView.Default.Smoothing ? null : weight.ToString(CultureInfo.InvariantCulture)));
    }

    // A part of one axis means nothing on another.
    private void SetAxis(CurveAxis axis) => Go(("x", axis == CurveAxis.Step ? null : axis.ToString().ToLowerInvariant()), ("from", null), ("to", null));

    private void ZoomAsync((double From, double To)? part) => Go(("from", Position(part?.From)), ("to", Position(part?.To)));

    /// <summary>Makes the part that is shown wider by a factor and moves it by a share of its width.</summary>
    private void Move(double factor, double by)
    {
        var (low, high) = (Scaled(_data!.Range.Low), Scaled(_data.Range.High));
        var (full, half) = ((Low: Scaled(_data.FullRange.Low), High: Scaled(_data.FullRange.High)), (high - low) * factor / 2);
        var middle = ((low + high) / 2) + (by * (high - low));
        var (from, to) = (Math.Max(full.Low, middle - half), Math.Min(full.High, middle + half));
        ZoomAsync(from <= full.Low && to >= full.High || from >= to ? null : (Unscaled(from), Unscaled(to)));
    }

    private double Scaled(double x) => _view.IsLogX ? Math.Log10(x) : x;

    private double Unscaled(double x) => _view.IsLogX ? Math.Pow(10, x) : x;

    private static string? Position(double? x) => x?.ToString("G7", CultureInfo.InvariantCulture);

    private Task DownloadAsync(string format) => _chart?.DownloadAsync(format, $"{Id}-{AxisName}") ?? Task.CompletedTask;

    private void Go(params (string Key, string? Value)[] changes) => Addresses.NavigateTo(Urls.With(Addresses, changes), replace: true);
}
