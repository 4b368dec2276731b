namespace Crossbench.Datasets.Downloads;

/// <summary>The public hub of datasets, or a mirror of it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Downloader">Downloads from it.</param>
internal sealed record Hub(Func<Uri> Address, Downloader Downloader)
{
    /// <summary>The variable of the environment that names a mirror.</summary>
    public const string Variable = "CROSSBENCH_HUB";

    private const string Usual = "https://huggingface.co";

    /// <summary>The hub that the environment names, else the public one. Nothing is asked of it before something is fetched.</summary>
    public static Hub Shared { get; } = new(() => AddressOf(Environment.GetEnvironmentVariable(Variable)), new Downloader(HubClient.Network, new DownloadLimits(), TimeProvider.System));

    /// <summary>The address that a variable names; the public hub's when it is empty.</summary>
    /// <exception cref="SpecException">It is no address.</exception>
    public static Uri AddressOf(string? named) => string.IsNullOrWhiteSpace(named) ? new Uri(Usual)
        : Uri.TryCreate(named.Trim(), UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? address
        : throw new SpecException(DownloadProblems.NoAddress(named));

    /// <summary>Downloads files of a dataset, those that are not there.</summary>
    /// <param name="dataset">Its name on the hub: owner and name.</param>
    /// <param name="files">Names of the files.</param>
    /// <param name="folder">Where the data are kept.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <exception cref="SpecException">They cannot be downloaded.</exception>
    public void Fetch(string dataset, IReadOnlyList<string> files, DataFolder folder, PreparationProgress progress)
    {
        foreach (var file in files.Where(file => !WholeFile.IsThere(PathOf(dataset, file, folder))))
        {
            Downloader.Get(new Uri($"{Address().AbsoluteUri.TrimEnd('/')}/datasets/{dataset}/resolve/main/{file}"), PathOf(dataset, file, folder), progress);
        }
    }

    /// <summary>Where a file of a dataset is kept.</summary>
    public static string PathOf(string dataset, string file, DataFolder folder) => Path.Combine([folder.Datasets, "hub", .. dataset.Split('/'), file]);
}
