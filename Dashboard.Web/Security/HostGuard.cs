using System.Net;

namespace Crossbench.Web.Security;

/// <summary>
/// Refuses requests that were made under a foreign name (DNS rebinding) or by a page of another site. Addresses in digits cannot be rebound; names are
/// accepted only when they are this machine's.
/// </summary>
internal sealed class HostGuard(string boundHost)
{
    private readonly bool _isLoopback = IsLoopbackName(boundHost);

    /// <summary>True for the names and addresses that only this machine can reach.</summary>
    public static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host;
        if (!IsExpected(host.Host))
        {
            return PlainAnswer.WriteAsync(context, StatusCodes.Status403Forbidden, $"The name \"{host.Host}\" is not one that this Crossbench answers to. Open it under the address that it printed when it started.");
        }

        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsSame(origin, host))
        {
            return PlainAnswer.WriteAsync(context, StatusCodes.Status403Forbidden, $"A page of \"{origin}\" may not talk to this Crossbench. Open it under the address that it printed when it started.");
        }

        return next(context);
    }

    private bool IsExpected(string host)
    {
        if (IsLoopbackName(host))
        {
            return true;
        }

        return !_isLoopback
            && (host.Equals(boundHost, StringComparison.OrdinalIgnoreCase)
                || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
                || IPAddress.TryParse(host.Trim('[', ']'), out _));
    }

    private static bool IsSame(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Host.Trim('[', ']').Equals(host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
        && uri.Port == (host.Port ?? (uri.Scheme == Uri.UriSchemeHttps ? 443 : 80));
}
