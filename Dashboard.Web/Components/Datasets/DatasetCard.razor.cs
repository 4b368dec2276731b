using Crossbench.Datasets;
using Crossbench.Training;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Datasets;

/// <summary>A dataset in short: what it is for, what frames its losses, and what its rows look like.</summary>
public sealed partial class DatasetCard : ComponentBase
{
    /// <summary>The dataset.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Some of its rows; absent while they are made.</summary>
    [Parameter]
    public IReadOnlyList<SampleRow>? Rows { get; set; }

    /// <summary>Why its rows could not be made.</summary>
    [Parameter]
    public SpecProblem? Fault { get; set; }

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    private string NameId => $"dataset-{Dataset.Id}";

    private DatasetFacts Facts { get; set; } = new(null, null);

    /// <summary>What must be there before a row can be shown.</summary>
    private string Need { get; set; } = "";

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        var reading = RunSpecReader.ReadData([new(SpecForm.DatasetId, Dataset.Id)]);
        var setup = SpecValidator.DataOf(reading.Spec);
        Facts = Dataset.Describe(setup.Options, setup.ContextLength, setup.Vocabulary);
        Need = reading.Problems is [var first, ..] ? first.Remedy
            : Dataset.Download(Folder, setup.Options) is { } download ? $"To be downloaded first: {download}."
            : "It is on this machine.";
    }
}
