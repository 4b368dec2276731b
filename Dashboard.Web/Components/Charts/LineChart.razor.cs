using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.Charts;

/// <summary>
/// Lines over a common axis. The shape of the data is decided here; the browser's module only draws: <c>init</c> once, then <c>update</c> with what has
/// changed, then <c>dispose</c>.
/// </summary>
public sealed partial class LineChart : ComponentBase, IAsyncDisposable
{
    // Longer, and the browser has lost the connection: what it missed is drawn anew when it is back.
    private static readonly TimeSpan DrawingTime = TimeSpan.FromSeconds(10);
    private ElementReference _element;
    private IJSObjectReference? _module;
    private IJSObjectReference? _chart;
    private DotNetObjectReference<LineChart>? _self;
    private ChartFrame? _drawnFrame;
    private IReadOnlyList<ChartLine> _drawnLines = [];
    private bool _isDrawing;
    private bool _isStale;
    private bool _isDisposed;

    /// <summary>The lines, those below first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ChartLine> Lines { get; set; } = [];

    /// <summary>What surrounds them.</summary>
    [Parameter, EditorRequired]
    public ChartFrame Frame { get; set; } = new();

    /// <summary>What can be seen, in a sentence, for those who cannot see it.</summary>
    [Parameter, EditorRequired]
    public string Description { get; set; } = "";

    /// <summary>Height in px.</summary>
    [Parameter]
    public int Height { get; set; } = 292;

    /// <summary>Called when a person has chosen a part of the horizontal axis; with null for all of it.</summary>
    [Parameter]
    public EventCallback<(double From, double To)?> OnZoom { get; set; }

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    /// <summary>Called by the module.</summary>
    [JSInvokable]
    public Task Zoomed(double[]? range) => OnZoom.InvokeAsync(range is [var from, var to] && from < to ? (from, to) : null);

    /// <summary>Gives the reader a picture of what is drawn.</summary>
    /// <param name="format"><c>png</c> or <c>svg</c>.</param>
    /// <param name="name">Name of the file, without its extension.</param>
    public async Task DownloadAsync(string format, string name)
    {
        if (_chart is not null)
        {
            await _chart.InvokeVoidAsync("download", format, name);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_isDrawing)
        {
            // The drawing that is under way cleans up when it ends.
            return;
        }

        await CleanUpAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // One drawing at a time: what changes meanwhile is drawn together afterwards.
        _isStale = true;
        if (_isDrawing)
        {
            return;
        }

        _isDrawing = true;
        try
        {
            while (_isStale && !_isDisposed)
            {
                _isStale = false;
                await DrawAsync();
            }
        }
        catch (Exception gone) when (gone is JSDisconnectedException or TaskCanceledException)
        {
            // The browser does not answer. Should it come back, the chart is drawn anew.
            (_chart, _drawnLines) = (null, []);
        }
        finally
        {
            _isDrawing = false;
        }

        if (_isDisposed)
        {
            await CleanUpAsync();
        }
    }

    private async Task DrawAsync()
    {
        _module ??= await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/chart.js"]}");
        if (_chart is null)
        {
            await InitAsync(_module);
            return;
        }

        // Other lines than before: all of each, or else what has changed.
        var traces = _drawnLines.SequenceEqual(Lines) ? null : Lines.Select(PlotlyFigure.Trace).ToArray();
        var patches = Lines.Select((line, index) => traces is null ? line.Take(index) : line.TakeAll(index)).OfType<LinePatch>().ToArray();
        var layout = Frame.Equals(_drawnFrame) ? null : PlotlyFigure.Layout(Frame, Height);
        (_drawnFrame, _drawnLines) = (Frame, Lines);
        if (patches.Length > 0 || layout is not null || traces is not null)
        {
            await _chart.InvokeVoidAsync("update", DrawingTime, patches, layout, traces);
        }
    }

    private async Task InitAsync(IJSObjectReference module)
    {
        if (_isDisposed)
        {
            // While the module was loading somebody went to another view: the element is gone.
            return;
        }

        (_drawnFrame, _drawnLines, _self) = (Frame, Lines, _self ?? DotNetObjectReference.Create(this));
        var patches = Lines.Select((line, index) => line.TakeAll(index)).ToArray();
        _chart = await module.InvokeAsync<IJSObjectReference>(
            "init", _element, _self, Assets["lib/plotly-cartesian.min.js"], Lines.Select(PlotlyFigure.Trace).ToArray(), patches, PlotlyFigure.Layout(Frame, Height));
    }

    private async Task CleanUpAsync()
    {
        _self?.Dispose();
        try
        {
            await DisposeChartAsync();
            if (_module is { } module)
            {
                _module = null;
                await module.DisposeAsync();
            }
        }
        catch (Exception gone) when (gone is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone, and the chart with it.
        }
    }

    private async Task DisposeChartAsync()
    {
        if (_chart is { } chart)
        {
            _chart = null;
            await chart.InvokeVoidAsync("dispose");
            await chart.DisposeAsync();
        }
    }
}
