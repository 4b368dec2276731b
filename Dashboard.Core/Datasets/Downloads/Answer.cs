using System.Net;
using System.Net.Http.Headers;

namespace Crossbench.Datasets.Downloads;

/// <summary>A server's answer, after redirects.</summary>
/// <param name="response">The last response.</param>
/// <param name="asked">Where the first request went.</param>
/// <param name="linked">The hash and the length that a redirect told of its target, as hubs do.</param>
internal sealed class Answer(HttpResponseMessage response, Uri asked, (string? Sha256, long? Length) linked) : IDisposable
{
    private const int HashDigits = 64;

    /// <summary>Its status.</summary>
    public HttpStatusCode Status => response.StatusCode;

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? Wait => response.Headers.RetryAfter?.Delta;

    /// <summary>Where the part begins that is sent, and of how much; null when it is the whole.</summary>
    public ContentRangeHeaderValue? Part => response.Content.Headers.ContentRange;

    /// <summary>Whether the end of the file can be told from a broken connection.</summary>
    public bool HasEnd => response.Content.Headers.ContentLength is not null || response.Headers.TransferEncodingChunked == true || Identity.Length is not null;

    /// <summary>Whether the bytes are those of the file, not packed for the way.</summary>
    public bool IsPacked => response.Content.Headers.ContentEncoding.Any(name => !name.Equals("identity", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it is a page for people: a login, a notice, an error.</summary>
    public bool IsPage => response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml";

    /// <summary>What file it is.</summary>
    public RemoteIdentity Identity { get; } = new(
        asked.AbsoluteUri,
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null,
        response.Content.Headers.LastModified?.ToString("R"),
        linked.Sha256 ?? HashIn(response.Headers.ETag),
        LengthOf(response) ?? linked.Length);

    /// <summary>The hash of a file that a hub keeps as a large file: its entity tag.</summary>
    public static string? HashIn(EntityTagHeaderValue? tag) =>
        tag is { IsWeak: false } && tag.Tag.Trim('"') is { Length: HashDigits } digits && digits.All(char.IsAsciiHexDigit) ? digits.ToLowerInvariant() : null;

    /// <summary>The content.</summary>
    public Task<Stream> Open(CancellationToken cancellation) => response.Content.ReadAsStreamAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose() => response.Dispose();

    private static long? LengthOf(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.PartialContent
        ? response.Content.Headers.ContentRange?.Length
        : response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
}
