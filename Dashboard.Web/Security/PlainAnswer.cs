namespace Crossbench.Web.Security;

/// <summary>An answer of one sentence, for requests that get no page.</summary>
internal static class PlainAnswer
{
    public static Task WriteAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }
}
