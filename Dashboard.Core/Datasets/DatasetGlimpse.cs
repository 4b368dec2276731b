namespace Crossbench.Datasets;

/// <summary>A few short rows of a dataset, made in a moment without any file of the user's and without the network: enough to see what it is.</summary>
public static class DatasetGlimpse
{
    /// <summary>Ids and words take more room than letters.</summary>
    private const int ShortestText = 96, ShortestOther = 24, Longest = 1024;

    /// <summary>Rows of the validation split, in a context that is short and that the options fit; none where the data need a file or a download.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="rows">How many; where every row is the same, one.</param>
    /// <exception cref="SpecException">They cannot be made on this machine.</exception>
    public static IReadOnlyList<SampleRow> Of(Dataset dataset, int rows)
    {
        if (dataset.Glimpse is not { } options)
        {
            return [];
        }

        var vocabulary = dataset.NaturalVocabulary(options);
        var length = options is TextualOptions ? ShortestText : ShortestOther;
        while (length < Longest && dataset.Validate(options, length, vocabulary).Any())
        {
            length *= 2;
        }

        return Make(new DatasetSetup(dataset, options, length, vocabulary), dataset.IsFixed ? 1 : rows);
    }

    /// <summary>Makes them in a folder of their own, so that a look at a page leaves nothing behind.</summary>
    private static IReadOnlyList<SampleRow> Make(DatasetSetup setup, int rows)
    {
        DirectoryInfo? scratch = null;
        try
        {
            scratch = Directory.CreateTempSubdirectory("crossbench-");
            var folder = new DataFolder(scratch.FullName);
            setup.Dataset.Prepare(folder, setup.Options, (_, _) => { });
            using var stream = setup.Dataset.Open(folder, setup.Options, setup.ContextLength, setup.Vocabulary);
            return DatasetReport.SamplesOf(setup, folder, stream, rows, rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(new SpecProblem("", $"Sample rows cannot be made: {FileFault.Reason(Path.GetTempPath(), e)}.", "Make room in the folder for temporary files, or make it writable."));
        }
        finally
        {
            scratch?.Delete(recursive: true);
        }
    }
}
