using System.Security.Cryptography;
using System.Text;

namespace Crossbench.Web.Security;

/// <summary>
/// The secret that a browser must know when the pages are served beyond this machine. It is printed once, in the address to open; the browser
/// keeps it in a cookie that scripts and other sites cannot use.
/// </summary>
internal sealed class LoginToken
{
    public const string Cookie = "crossbench-token";
    private const string Parameter = "token";
    private readonly byte[] _digest;

    public LoginToken()
    {
        Value = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _digest = Digest(Value);
    }

    /// <summary>The secret, 128 random bits in hex.</summary>
    public string Value { get; }

    /// <summary>Lets a request through that carries the secret; takes it from the address into the cookie.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Query.TryGetValue(Parameter, out var given) && Matches(given))
        {
            context.Response.Cookies.Append(Cookie, Value, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps });
            var rest = QueryString.Create(context.Request.Query.Where(pair => pair.Key != Parameter));
            context.Response.Redirect(context.Request.PathBase + context.Request.Path + rest);
            return Task.CompletedTask;
        }

        return Matches(context.Request.Cookies[Cookie])
            ? next(context)
            : PlainAnswer.WriteAsync(context, StatusCodes.Status401Unauthorized, "This Crossbench asks for its token. Open the address with ?token= that it printed when it started.");
    }

    private bool Matches(string? given) => !string.IsNullOrEmpty(given) && CryptographicOperations.FixedTimeEquals(Digest(given), _digest);

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
