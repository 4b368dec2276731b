using Crossbench.Datasets;
using Crossbench.Training;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>All datasets, and the files that users have uploaded.</summary>
public sealed partial class DatasetList : ComponentBase
{
    private static DatasetFacts FactsOf(Dataset dataset)
    {
        var setup = SpecValidator.DataOf(RunSpecReader.ReadData([new(SpecForm.DatasetId, dataset.Id)]).Spec);
        return dataset.Describe(setup.Options, setup.ContextLength, setup.Vocabulary);
    }
}
