using System.Net;

namespace Crossbench.Datasets.Downloads;

/// <summary>Why a download does not go on, as a clause to follow a colon.</summary>
/// <param name="reason">The clause.</param>
/// <param name="kind">What can be done about it.</param>
internal sealed class DownloadFault(string reason, DownloadFaultKind kind) : Exception(reason)
{
    /// <summary>What can be done about it.</summary>
    public DownloadFaultKind Kind => kind;

    /// <summary>How long the server asks to wait, where it does.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>The fault of a status that is neither a success nor a redirect.</summary>
    public static DownloadFault Of(HttpStatusCode status, TimeSpan? wait) => (int)status switch
    {
        401 or 403 => new($"the server does not allow it ({(int)status})", DownloadFaultKind.Final),
        404 or 410 => new($"the server has no such file ({(int)status})", DownloadFaultKind.Final),
        408 => new("the server did not get the request in time (408)", DownloadFaultKind.Passing),
        429 => new("the server had too many requests (429)", DownloadFaultKind.Passing) { Wait = wait },
        >= 500 => new($"the server failed ({(int)status})", DownloadFaultKind.Passing) { Wait = wait },
        var other => new($"the server answered {other}", DownloadFaultKind.Final),
    };

    /// <summary>The fault behind an exception of the network.</summary>
    public static DownloadFault Of(Exception fault, Uri address) => fault switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new($"the host {address.Host} is not found", DownloadFaultKind.Unreachable),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError } =>
            new($"no connection to {address.Authority} ({Innermost(fault)})", DownloadFaultKind.Unreachable),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new($"no trusted connection to {address.Authority} ({Innermost(fault)})", DownloadFaultKind.Final),
        _ => new($"the connection broke ({Innermost(fault)})", DownloadFaultKind.Passing),
    };

    private static string Innermost(Exception fault) => fault.GetBaseException().Message.TrimEnd('.');
}

/// <summary>What can be done about a fault.</summary>
internal enum DownloadFaultKind
{
    /// <summary>It may pass: try again.</summary>
    Passing,

    /// <summary>There seems to be no network: try again only when there was one a moment ago.</summary>
    Unreachable,

    /// <summary>What arrived is not what the server says it is: try once more, from the start.</summary>
    Wrong,

    /// <summary>It will not pass.</summary>
    Final,
}
