using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crossbench.Tests.Support;

/// <summary>What a client asked for.</summary>
/// <param name="Path">The path.</param>
/// <param name="Range">First byte wanted; null for all.</param>
/// <param name="Condition">The header If-Range.</param>
public sealed record HubRequest(string Path, long? Range, string? Condition);

/// <summary>A hub on this machine, which answers each request as the test says.</summary>
public sealed class HubServer : IDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<HubRequest> _requests = new();

    /// <summary>Starts it.</summary>
    /// <param name="answer">Answers a request; told its number, from 0.</param>
    public HubServer(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context =>
        {
            int number;
            lock (_requests)
            {
                number = _requests.Count;
                _requests.Enqueue(new HubRequest(context.Request.Path, Range(context), context.Request.Headers.IfRange.FirstOrDefault()));
            }

            return answer(context, number);
        });
        _app.StartAsync().GetAwaiter().GetResult();
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>All requests so far.</summary>
    public HubRequest[] Requests => [.. _requests];

    /// <summary>Sends a file as good servers do: with its tag, and the rest of it when that is asked for and the tag is the same.</summary>
    public static async Task Send(HttpContext context, byte[] file, string? tag = null)
    {
        tag ??= TagOf(file);
        var from = Range(context) ?? 0;
        var rest = from > 0 && (context.Request.Headers.IfRange.FirstOrDefault() is not { } condition || condition == tag);
        context.Response.Headers.ETag = tag;
        if (rest && from >= file.Length)
        {
            context.Response.StatusCode = 416;
            return;
        }

        context.Response.StatusCode = rest ? 206 : 200;
        var part = rest ? file[(int)from..] : file;
        if (rest)
        {
            context.Response.Headers.ContentRange = $"bytes {from}-{file.Length - 1}/{file.Length}";
        }

        context.Response.ContentLength = part.Length;
        await context.Response.Body.WriteAsync(part);
    }

    /// <summary>Sends the beginning of a file that says to be whole, then waits, then breaks off.</summary>
    public static async Task SendPart(HttpContext context, byte[] file, int length, Task until)
    {
        context.Response.Headers.ETag = TagOf(file);
        context.Response.ContentLength = file.Length;
        await context.Response.Body.WriteAsync(file.AsMemory(0, length));
        await context.Response.Body.FlushAsync();
        await until;
        context.Abort();
    }

    /// <summary>The strong tag of a file.</summary>
    public static string TagOf(byte[] file) => $"\"{Convert.ToHexStringLower(SHA256.HashData(file))[..10]}\"";

    public void Dispose() => ((IDisposable)_app).Dispose();

    private static long? Range(HttpContext context) => context.Request.GetTypedHeaders().Range?.Ranges.Single().From;
}
