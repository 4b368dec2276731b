using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.Charts;

/// <summary>
/// Lines over a common axis. The shape of the data is decided here; the browser's module only draws: <c>init</c> once, then <c>update</c> with what has
/// changed, then <c>dispose</c>.
/// </summary>
public sealed partial class LineChart : ComponentBase, IAsyncDisposable
{
    private ElementReference _element;
    private IJSObjectReference? _module;
    private IJSObjectReference? _chart;
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

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

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
        if (_chart is null || !_drawnLines.SequenceEqual(Lines))
        {
            await InitAsync(_module);
            return;
        }

        var patches = Lines.Select((line, index) => line.Take(index)).OfType<LinePatch>().ToArray();
        var layout = Frame.Equals(_drawnFrame) ? null : PlotlyFigure.Layout(Frame, Height);
        _drawnFrame = Frame;
        if (patches.Length > 0 || layout is not null)
        {
            await _chart.InvokeVoidAsync("update", patches, layout);
        }
    }

    private async Task InitAsync(IJSObjectReference module)
    {
        await DisposeChartAsync();
        if (_isDisposed)
        {
            // While the module was loading somebody went to another view: the element is gone.
            return;
        }

        (_drawnFrame, _drawnLines) = (Frame, Lines);
        var patches = Lines.Select((line, index) => line.TakeAll(index)).ToArray();
        _chart = await module.InvokeAsync<IJSObjectReference>(
            "init", _element, Assets["lib/plotly-cartesian.min.js"], Lines.Select(PlotlyFigure.Trace).ToArray(), patches, PlotlyFigure.Layout(Frame, Height));
    }

    private async Task CleanUpAsync()
    {
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
