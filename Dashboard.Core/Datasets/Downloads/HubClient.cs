using System.Net;
using System.Net.Http.Headers;

namespace Crossbench.Datasets.Downloads;

/// <summary>Asks servers for files, or for the rest of them. Redirects are followed here, because what a hub says of a file stands on the redirect.</summary>
/// <param name="handler">The network.</param>
/// <param name="redirects">Most redirects.</param>
internal sealed class HubClient(HttpMessageHandler handler, int redirects) : IDisposable
{
    private readonly HttpClient _client = new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The network as it is, by the proxies of the environment.</summary>
    public static HttpMessageHandler Network() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };

    /// <summary>Asks for a file.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="from">First byte wanted.</param>
    /// <param name="known">What the bytes before are of.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="DownloadFault">A redirect leads nowhere, or out of encryption.</exception>
    public async Task<Answer> Ask(Uri address, long from, RemoteIdentity? known, CancellationToken cancellation)
    {
        var (at, linked) = (address, default((string? Sha256, long? Length)));
        for (var hop = 0; hop <= redirects; hop++)
        {
            using var request = Request(at, from, known);
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            linked = (linked.Sha256 ?? LinkedHash(response), linked.Length ?? LinkedLength(response));
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                return new Answer(response, address, linked);
            }

            using (response)
            {
                at = Next(at, response.Headers.Location);
            }
        }

        throw new DownloadFault($"the server redirects more than {redirects} times", DownloadFaultKind.Final);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Request(Uri address, long from, RemoteIdentity? known)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Crossbench", null));

        // Packed bytes would have other lengths and offsets than the file.
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            if ((known?.Tag ?? known?.Modified) is { } condition)
            {
                request.Headers.TryAddWithoutValidation("If-Range", condition);
            }
        }

        return request;
    }

    private static Uri Next(Uri from, Uri? location)
    {
        if (location is null)
        {
            throw new DownloadFault("the server redirects without saying where to", DownloadFaultKind.Final);
        }

        var to = new Uri(from, location);
        return to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp) ? to
            : throw new DownloadFault($"the server redirects from {from.Scheme} to {to.Scheme} ({to.Host}), which is not followed", DownloadFaultKind.Final);
    }

    private static string? LinkedHash(HttpResponseMessage response) =>
        Header(response, "X-Linked-Etag") is { } text && EntityTagHeaderValue.TryParse(text.StartsWith('"') || text.StartsWith("W/", StringComparison.Ordinal) ? text : $"\"{text}\"", out var tag) ? Answer.HashIn(tag) : null;

    private static long? LinkedLength(HttpResponseMessage response) => long.TryParse(Header(response, "X-Linked-Size"), out var length) && length >= 0 ? length : null;

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
