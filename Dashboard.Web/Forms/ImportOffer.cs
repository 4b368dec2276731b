using Crossbench.Datasets.Imports;
using Crossbench.Training;

namespace Crossbench.Web.Forms;

/// <summary>What can be done with a file: the dataset that reads it, with which options, and what is wrong with it.</summary>
/// <param name="Dataset">Id of the dataset.</param>
/// <param name="Settings">Its settings, by path.</param>
/// <param name="Problem">What is wrong, where something is; only opening shows all of it.</param>
internal sealed record ImportOffer(string Dataset, IReadOnlyList<KeyValuePair<string, string>> Settings, SpecProblem? Problem)
{
    /// <summary>Path of the option that names the file.</summary>
    public const string PathOption = "dataset.path";

    /// <summary>What the file is used as: "as chat".</summary>
    public string Use => IsText(Settings) ? $"as {Dataset}" : "as a tokenizer";

    /// <summary>The dataset's page with these settings.</summary>
    public string Href => Urls.Dataset(Dataset, Settings);

    /// <summary>The page with a further setting.</summary>
    public string With(SpecFix fix) => Urls.Dataset(Dataset, Settings.Where(pair => pair.Key != fix.Path).Append(new(fix.Path, fix.Value)));

    /// <summary>Looks at a path; reads a little of the file.</summary>
    public static ImportOffer? Of(string path)
    {
        if (ImportSample.Of(path).Fit() is not { } fit)
        {
            return null;
        }

        var reading = RunSpecReader.ReadData([new(SpecForm.DatasetId, fit.Dataset.Id), .. fit.Settings]);
        return new ImportOffer(fit.Dataset.Id, fit.Settings, reading.Problems.FirstOrDefault(problem => IsText(fit.Settings) || problem.Path != PathOption));
    }

    // A tokenizer needs a text beside it, which is named on the dataset's page.
    private static bool IsText(IReadOnlyList<KeyValuePair<string, string>> settings) => settings.Any(pair => pair.Key == PathOption);
}
