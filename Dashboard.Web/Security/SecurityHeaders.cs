using System.Security.Cryptography;

namespace Crossbench.Web.Security;

/// <summary>What every answer says about what a page may load and who may show it: everything from here, nothing from elsewhere.</summary>
internal static class SecurityHeaders
{
    private const string NonceKey = "script-nonce";

    /// <summary>The nonce that script elements of this answer carry.</summary>
    public static string Nonce(HttpContext context)
    {
        if (context.Items[NonceKey] is not string nonce)
        {
            context.Items[NonceKey] = nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        }

        return nonce;
    }

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;

        // Style attributes are set by the components and by the chart library, hence 'unsafe-inline' for styles alone. The library makes pictures for
        // download out of what it has drawn, hence blob: for images.
        headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'self' 'nonce-{Nonce(context)}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            + "font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }
}
