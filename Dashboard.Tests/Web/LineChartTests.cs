using Bunit;
using Crossbench.Web.Components.Charts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class LineChartTests : PageContext
{
    private readonly ChartLine _raw = new("raw", "--arch-x", LineLook.Raw);
    private readonly ChartLine _evaluations = new("eval", "--text-1", LineLook.Points);

    [Fact]
    public void FirstDrawing_InitialisesOnce_WithAllPoints()
    {
        Add(1, 2, 3);
        Draw(new ChartFrame());

        var init = Assert.Single(ChartModule.Invocations, call => call.Identifier == "init");
        Assert.Equal("lib/plotly-cartesian.min.js", init.Arguments[2]);
        Assert.Equal(2, Assert.IsType<Dictionary<string, object?>[]>(init.Arguments[3]).Length);
        var patches = Assert.IsType<LinePatch[]>(init.Arguments[4]);
        Assert.Equal([1, 2, 3], patches[0].Y);
        Assert.Empty(Chart.Invocations);
    }

    [Fact]
    public void Update_SendsOnlyWhatIsNew()
    {
        Add(1, 2, 3);
        var chart = Draw(new ChartFrame());
        Add(4, 5);
        chart.Render();

        var update = Assert.Single(Chart.Invocations["update"]);
        var patch = Assert.Single(Assert.IsType<LinePatch[]>(update.Arguments[0]));
        Assert.Equal((0, 3), (patch.Line, patch.From));
        Assert.Equal([3, 4], patch.X);
        Assert.Equal([4, 5], patch.Y);
        Assert.Null(update.Arguments[1]);
    }

    [Fact]
    public void Event_WithANewText_IsSentAgain()
    {
        var events = new ChartLine("events", "--text-3", LineLook.Marks);
        events.Show([(100, "Checkpoint at step 100"), (400, "Checkpoint at step 400")]);
        Assert.Equal(2, events.Take(0)!.Count);
        events.Show([(100, "Checkpoint at step 100"), (400, "Checkpoint and pause at step 400")]);
        var patch = events.Take(0)!;
        Assert.Equal((1, 1), (patch.From, patch.Count));
        Assert.Equal(["Checkpoint and pause at step 400"], patch.Texts!);
        events.Show([(100, "Checkpoint at step 100"), (400, "Checkpoint and pause at step 400")]);
        Assert.Null(events.Take(0));
    }

    [Fact]
    public void Render_WhenNothingChanged_CallsNothing()
    {
        Add(1);
        var chart = Draw(new ChartFrame { X = (0, 10) });
        chart.Render(parameters => parameters.Add(item => item.Frame, new ChartFrame { X = (0, 10) }));
        Assert.Empty(Chart.Invocations);
    }

    [Fact]
    public void ChangedFrame_IsSentWithoutPoints()
    {
        Add(1);
        var chart = Draw(new ChartFrame { X = (0, 10) });
        chart.Render(parameters => parameters.Add(item => item.Frame, new ChartFrame { X = (0, 20) }));

        var update = Assert.Single(Chart.Invocations["update"]);
        Assert.Empty(Assert.IsType<LinePatch[]>(update.Arguments[0]));
        Assert.NotNull(update.Arguments[1]);
    }

    [Fact]
    public void NotFinite_IsSentAsAGap()
    {
        Add(1, double.NaN, double.PositiveInfinity);
        Draw(new ChartFrame());
        Assert.Equal([1, null, null], Assert.IsType<LinePatch[]>(ChartModule.Invocations["init"].Single().Arguments[4])[0].Y);
    }

    [Fact]
    public void Evaluations_CarryTheirWhiskers()
    {
        _evaluations.Show([new WhiskerPoint(10, 2, 1.5, 2.25)]);
        Draw(new ChartFrame());
        var patch = Assert.IsType<LinePatch[]>(ChartModule.Invocations["init"].Single().Arguments[4])[1];
        Assert.Equal([0.25], patch.Up);
        Assert.Equal([0.5], patch.Down);
    }

    [Fact]
    public void Numbers_TravelAsBytes_ListAfterList()
    {
        var bytes = new LinePatch(0, 0, [1, 2], [3, null], [0.5, 0.25], [0, 1], null).Data;
        var numbers = Enumerable.Range(0, bytes.Length / 8).Select(i => BitConverter.ToDouble(bytes, 8 * i));
        Assert.Equal([1, 2, 3, double.NaN, 0.5, 0.25, 0, 1], numbers);
    }

    [Fact]
    public void OtherLines_AreSentWhole_ToTheSameChart()
    {
        Add(1, 2);
        var chart = Draw(new ChartFrame());
        chart.Render(parameters => parameters.Add(item => item.Lines, [_raw]));

        var update = Assert.Single(Chart.Invocations["update"]);
        Assert.Equal([1, 2], Assert.Single(Assert.IsType<LinePatch[]>(update.Arguments[0])).Y);
        Assert.Single(Assert.IsType<Dictionary<string, object?>[]>(update.Arguments[2]));
        Assert.Single(ChartModule.Invocations["init"]);
    }

    [Fact]
    public async Task Zoom_OfThePerson_IsToldToTheOwner()
    {
        var parts = new List<(double From, double To)?>();
        var chart = Render<LineChart>(parameters => parameters.Add(item => item.Lines, [_raw]).Add(item => item.OnZoom, part => parts.Add(part)));
        await chart.InvokeAsync(() => chart.Instance.Zoomed([10, 20.5]));
        await chart.InvokeAsync(() => chart.Instance.Zoomed(null));
        await chart.InvokeAsync(() => chart.Instance.Zoomed([5, 5]));
        Assert.Equal([(10, 20.5), null, null], parts);
    }

    [Fact]
    public async Task Download_AsksTheModuleForAPicture()
    {
        var chart = Draw(new ChartFrame());
        await chart.InvokeAsync(() => chart.Instance.DownloadAsync("svg", "loss"));
        Assert.Equal(["svg", "loss"], Chart.Invocations["download"].Single().Arguments);
    }

    [Fact]
    public void LogarithmicAxes_GetTheirRangesAsPowersOfTen()
    {
        var layout = PlotlyFigure.Layout(new ChartFrame { X = (10, 1000), Y = (1, 100), IsLogX = true, IsLog = true }, 292);
        Assert.Equal([1.0, 3.0], Assert.IsType<double[]>(Assert.IsType<Dictionary<string, object?>>(layout["xaxis"])["range"]));
        Assert.Equal("log", Assert.IsType<Dictionary<string, object?>>(layout["xaxis"])["type"]);
    }

    [Fact]
    public void NamesOfLines_KeepTheirOrder_AndTheirDistance_AndAreNoHtml()
    {
        var labels = new ChartLabel[] { new("<b>low</b>", 2.001, "--a"), new("high", 2.003, "--b"), new("middle", 2.002, "--c") };
        var layout = PlotlyFigure.Layout(new ChartFrame { X = (0, 1), Y = (1, 3), Labels = labels }, 292);
        var notes = Assert.IsType<List<object>>(layout["annotations"]).Select(note => (Text: (string)note.GetType().GetProperty("text")!.GetValue(note)!, Y: (double)note.GetType().GetProperty("y")!.GetValue(note)!)).ToArray();
        Assert.Equal(["high", "middle", "&lt;b&gt;low&lt;/b&gt;"], notes.Select(note => note.Text));
        Assert.All(notes.Zip(notes.Skip(1)), pair => Assert.True((pair.First.Y - pair.Second.Y) * (292 - 36) >= 13.999));
    }

    [Fact]
    public async Task Disposal_DisposesOfTheChartInTheBrowser()
    {
        Draw(new ChartFrame());
        await DisposeComponentsAsync();
        Assert.Single(Chart.Invocations["dispose"]);
    }

    [Fact]
    public async Task Changes_WhileTheLibraryLoads_AreDrawnTogetherAfterwards()
    {
        var browser = new SlowBrowser();
        Services.AddSingleton<IJSRuntime>(browser);
        Add(1);
        var chart = Draw(new ChartFrame());
        Add(2);
        chart.Render();
        Add(3);
        chart.Render();
        Assert.Equal(["import", "init"], browser.Calls);

        browser.Loaded.SetResult();
        await chart.InvokeAsync(() => { });
        chart.WaitForAssertion(() => Assert.Equal(["import", "init", "update"], browser.Calls));
        Assert.Equal([2, 3], Assert.Single(Assert.IsType<LinePatch[]>(browser.Last![0])).Y);
    }

    [Fact]
    public async Task ChartLeft_WhileItsModuleLoads_IsNotDrawn()
    {
        var browser = new SlowBrowser("import");
        Services.AddSingleton<IJSRuntime>(browser);
        Add(1);
        var chart = Draw(new ChartFrame());
        await DisposeComponentsAsync();
        browser.Loaded.SetResult();
        await chart.InvokeAsync(() => { });
        Assert.Equal(["import"], browser.Calls);
    }

    [Fact]
    public void FarReference_IsNamedAsOutside_AndNearOneIsInside()
    {
        var references = new[] { new ChartReference("chance", 6.0), new ChartReference("floor", 1.8) };
        var range = ChartFrame.RangeOf([2.0, 3.0], references, false)!.Value;
        Assert.True(range.Low < 1.8 && range.High < 6);
        var layout = PlotlyFigure.Layout(new ChartFrame { X = (0, 1), Y = range, References = references }, 292);
        var notes = Assert.IsType<List<object>>(layout["annotations"]).Select(note => note.ToString()!).ToArray();
        Assert.Contains(notes, note => note.Contains("chance 6.000<br>(above)", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains("floor 1.800,", StringComparison.Ordinal));
    }

    /// <summary>A browser in which one thing takes its time to load: the chart library, with "init".</summary>
    private sealed class SlowBrowser(string waitsAt = "init") : IJSRuntime, IJSObjectReference
    {
        public List<string> Calls { get; } = [];

        public object?[]? Last { get; private set; }

        public TaskCompletionSource Loaded { get; } = new();

        public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
        {
            Calls.Add(identifier);
            Last = args;
            if (identifier == waitsAt)
            {
                await Loaded.Task;
            }

            return typeof(TValue) == typeof(IJSObjectReference) ? (TValue)(object)this : default!;
        }

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private void Add(params double[] values)
    {
        var first = _raw.Points.Count;
        _raw.Show([.. _raw.Points, .. values.Select((value, index) => new WhiskerPoint(first + index, value, value, value))]);
    }

    private IRenderedComponent<LineChart> Draw(ChartFrame frame)
    {
        IReadOnlyList<ChartLine> lines = [_raw, _evaluations];
        return Render<LineChart>(parameters => parameters.Add(chart => chart.Lines, lines).Add(chart => chart.Frame, frame).Add(chart => chart.Description, "A line"));
    }
}
