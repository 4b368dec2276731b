using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Components.Charts;

/// <summary>
/// What a chart shows: curves as smallest and largest value of each pixel column, running means, bands over seeds, evaluations. Reads on from where it
/// stopped, so that a change costs only the new points; another view reads anew from the store.
/// </summary>
internal sealed class CurveData
{
    // What the chart library draws in the time of a few frames, over all lines; and as many columns as a wide chart has pixels.
    private const int Budget = 48_000;
    private const int MostColumns = 1000;
    private const int FewestColumns = 200;
    private const int ReadsForEveryone = 25;
    private readonly IRunStore _store;
    private readonly List<(CurveGroup Group, RunCurve[] Curves, ChartLine[] Lines)> _groups = [];
    private readonly ChartLine? _evaluations;
    private readonly IReadOnlyList<ChartLine> _former;
    private long _evaluationCursor = -1;
    private int _reads;

    /// <summary>Reads curves for a view.</summary>
    /// <param name="store">The store.</param>
    /// <param name="groups">What is to be seen.</param>
    /// <param name="view">How.</param>
    /// <param name="evaluations">Whether the evaluations of a single run are shown with their intervals.</param>
    /// <param name="former">Lines of before: those that are the same are written on, so that old points stay until the new ones are there.</param>
    public CurveData(IRunStore store, IReadOnlyList<CurveGroup> groups, CurveView view, bool evaluations, IReadOnlyList<ChartLine> former)
    {
        (_store, View, _former) = (store, view, former);
        (Unit, var seconds) = TimeAxis.UnitOf(groups.SelectMany(group => group.Members).Select(member => member.Run));
        IsSingle = groups.Sum(group => group.Members.Count) == 1;
        foreach (var group in groups)
        {
            var curves = group.Members.Select(member => new RunCurve(store, member, view.Axis, seconds)).ToArray();
            _groups.Add((group, curves, view.Hides(group.Key) ? [] : LinesOf(group)));
        }

        _evaluations = evaluations && IsSingle ? Line("eval", "--text-1", LineLook.Points, 0, false) : null;
        ReadAll();
    }

    /// <summary>How it is shown.</summary>
    public CurveView View { get; }

    /// <summary>Whether there is one curve alone.</summary>
    public bool IsSingle { get; }

    /// <summary>The unit of training time.</summary>
    public string Unit { get; }

    /// <summary>The lines, those below first.</summary>
    public IReadOnlyList<ChartLine> Lines => [.. _groups.SelectMany(item => item.Lines).OrderBy(line => line.Look == LineLook.Band ? 0 : line.Look == LineLook.Raw ? 1 : 2), .. _evaluations is null ? Array.Empty<ChartLine>() : [_evaluations]];

    /// <summary>Every group with its curves.</summary>
    public IEnumerable<(CurveGroup Group, IReadOnlyList<RunCurve> Curves, IReadOnlyList<ChartLine> Lines)> Groups => _groups.Select(item => (item.Group, (IReadOnlyList<RunCurve>)item.Curves, (IReadOnlyList<ChartLine>)item.Lines));

    /// <summary>The evaluations of a single run, where they are shown.</summary>
    public IReadOnlyList<WhiskerPoint> Evaluations => _evaluations?.Points ?? [];

    /// <summary>The part of the axis that is shown.</summary>
    public (double Low, double High) Range { get; private set; }

    /// <summary>All of the axis.</summary>
    public (double Low, double High) FullRange => Curves.Any() ? (View.IsLogX ? Curves.Min(curve => curve.Start) : 0, Math.Max(Curves.Max(curve => curve.End), 1e-9)) : (View.IsLogX ? 1 : 0, 10);

    /// <summary>Points of all curves that are shown.</summary>
    public long Total => Shown.Sum(curve => curve.Columns.Total);

    /// <summary>Points of single curves that are drawn as they were measured.</summary>
    public long Drawn => Alone.Sum(item => (long)item.Lines[0].Points.Count);

    /// <summary>Points of single curves in the part that is shown.</summary>
    public long InRange => Alone.Sum(item => item.Curves[0].Columns.Count);

    /// <summary>Points in the part that is shown that are seen in means over seeds.</summary>
    public long InMeans => Shown.Sum(curve => curve.Columns.Count) - InRange;

    private IEnumerable<(CurveGroup Group, RunCurve[] Curves, ChartLine[] Lines)> Alone => _groups.Where(item => item.Curves.Length == 1 && item.Lines.Length > 0);

    private IEnumerable<RunCurve> Curves => _groups.SelectMany(item => item.Curves);

    private IEnumerable<RunCurve> Shown => _groups.Where(item => item.Lines.Length > 0).SelectMany(item => item.Curves);

    /// <summary>Reads what was recorded since.</summary>
    /// <returns>False when all has to be read anew.</returns>
    public bool ReadOn()
    {
        // Runs that have ended rarely go on: with many of them on a page, they are looked at now and then.
        var everyone = IsSingle || ++_reads % ReadsForEveryone == 0;
        foreach (var curve in Curves.Where(curve => everyone || !curve.Run.Status.IsEnded()))
        {
            if (!curve.ReadOn())
            {
                return false;
            }
        }

        if (View.Zoom is null && FullRange.High > Range.High)
        {
            return false;
        }

        Draw();
        return true;
    }

    private void ReadAll()
    {
        Range = Clamped(View.Zoom);
        var lines = Math.Max(1, Shown.Count());
        var count = Math.Clamp(Budget / (lines * (View.Smoothing > 0 ? 3 : 2)), FewestColumns, MostColumns);
        foreach (var metric in _groups.Where(item => item.Lines.Length > 0).SelectMany(item => item.Curves.Select(curve => (Curve: curve, IsMember: item.Curves.Length > 1))).GroupBy(item => item.Curve.Source.Metric))
        {
            _store.ReadColumns(metric.Key, [.. metric.Select(item => (item.Curve.Run.Id, item.Curve.Begin(Range.Low, Range.High, count, View.Smoothing, item.IsMember && View.Smoothing == 0, View.IsLogX)))]);
        }

        Draw();
    }

    // A part that is not on the axis at all is all of it: an address may be of another axis.
    private (double Low, double High) Clamped((double From, double To)? zoom)
    {
        var full = FullRange;
        return zoom is not { } part || part.From >= full.High || part.To <= full.Low ? full : (View.IsLogX ? Math.Max(part.From, full.Low / 10) : part.From, part.To);
    }

    private void Draw()
    {
        foreach (var (_, curves, lines) in _groups.Where(item => item.Lines.Length > 0))
        {
            if (curves.Length == 1)
            {
                lines[0].Show([.. curves[0].Raw()]);
                (lines.Length > 1 ? lines[1] : null)?.Show([.. curves[0].Middle().Select(Plain)]);
                continue;
            }

            var members = curves.Select(curve => (IReadOnlyList<LinePoint>)[.. curve.Middle()]).ToArray();
            var band = SeedBand.Of(members);
            lines[0].Show([.. band.Where(point => double.IsFinite(point.Y))]);
            lines[1].Show(band);
            for (var i = 2; i < lines.Length; i++)
            {
                lines[i].Show([.. members[i - 2].Select(Plain)]);
            }
        }

        DrawEvaluations();
    }

    private void DrawEvaluations()
    {
        if (_evaluations is null || Shown.FirstOrDefault() is not { } curve)
        {
            return;
        }

        var found = _store.ReadEvaluations(curve.Run.Id, _evaluationCursor).Where(item => item.Set == Evaluated.OwnSet).ToArray();
        if (_evaluationCursor < 0 || found.Length > 0)
        {
            var earlier = _evaluationCursor < 0 ? [] : _evaluations.Points;
            _evaluationCursor = found.Select(item => item.Step).DefaultIfEmpty(_evaluationCursor).Max();
            var points = found.Select(item => new WhiskerPoint(curve.X(item.Step), item.Loss, item.Low, item.High));
            _evaluations.Show([.. earlier, .. points.Where(point => point.X >= Range.Low && point.X <= Range.High)]);
        }
    }

    private ChartLine[] LinesOf(CurveGroup group)
    {
        if (group.Members.Count == 1)
        {
            return View.Smoothing > 0
                ? [Line(IsSingle ? "raw" : group.Name, group.Colour, LineLook.Raw, group.Dash, !IsSingle), Line(IsSingle ? "smoothed" : group.Name, group.Colour, LineLook.Smooth, group.Dash, false)]
                : [Line(group.Name, group.Colour, LineLook.Smooth, group.Dash, false)];
        }

        return
        [
            Line(group.Name, group.Colour, LineLook.Band, group.Dash, true), Line(group.Name, group.Colour, LineLook.Smooth, group.Dash, false),
            .. View.ShowsMembers ? group.Members.Select(member => Line(member.Name, group.Colour, LineLook.Raw, group.Dash, false)) : [],
        ];
    }

    private ChartLine Line(string name, string colour, LineLook look, int dash, bool isQuiet) =>
        _former.FirstOrDefault(line => (line.Name, line.Colour, line.Look, line.Dash, line.IsQuiet) == (name, colour, look, dash, isQuiet) && !_groups.Any(item => item.Lines.Contains(line)))
        ?? new ChartLine(name, colour, look, dash, isQuiet);

    private static WhiskerPoint Plain(LinePoint point) => new(point.X, point.Y, point.Y, point.Y);
}
