using System.Collections.Concurrent;
using Crossbench.Datasets;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>All datasets, and the files that users have uploaded. The page is there at once; sample rows come one dataset after the other.</summary>
public sealed partial class DatasetList : ComponentBase, IDisposable
{
    private const int Samples = 2;

    // They are the same for everybody, so each is made once in the life of the process.
    private static readonly ConcurrentDictionary<string, IReadOnlyList<SampleRow>> Made = new();
    private readonly Dictionary<string, SpecProblem> _faults = [];
    private bool _isLeft;

    private bool IsReady => DatasetCatalog.All.All(dataset => Made.ContainsKey(dataset.Id) || _faults.ContainsKey(dataset.Id));

    /// <inheritdoc/>
    public void Dispose() => _isLeft = true;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        foreach (var dataset in DatasetCatalog.All.Where(dataset => !Made.ContainsKey(dataset.Id)))
        {
            try
            {
                Made[dataset.Id] = await Task.Run(() => DatasetGlimpse.Of(dataset, Samples));
            }
            catch (SpecException fault)
            {
                _faults[dataset.Id] = fault.Problems[0];
            }

            if (_isLeft)
            {
                return;
            }

            StateHasChanged();
        }
    }

    private static IReadOnlyList<SampleRow>? RowsOf(Dataset dataset) => Made.GetValueOrDefault(dataset.Id);
}
