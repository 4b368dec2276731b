using System.Net;
using Crossbench.Tests.Support;
using Crossbench.Web;
using Crossbench.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>The real host on a free port of this machine, over an empty store.</summary>
public sealed class HostTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly List<WebApplication> _apps = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Page_AllowsScriptsOfThisServerOnly_AndStartsThemWithItsNonce()
    {
        var answer = await _client.GetAsync(await StartAsync(), TestContext.Current.CancellationToken);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("default-src 'none'; script-src 'self' 'nonce-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.All(html.Split("<script").Skip(1), script => Assert.Contains($"nonce=\"{nonce}\"", script.Split('>')[0], StringComparison.Ordinal));
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Nonce_IsNewForEveryPage()
    {
        var address = await StartAsync();
        var policies = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            policies.Add((await _client.GetAsync(address, TestContext.Current.CancellationToken)).Headers.GetValues("Content-Security-Policy").Single());
        }

        Assert.Equal(3, policies.Distinct().Count());
    }

    [Theory]
    [InlineData("evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("192.168.1.7", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, "null", HttpStatusCode.Forbidden)]
    [InlineData(null, "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("localhost", null, HttpStatusCode.OK)]
    [InlineData(null, "same", HttpStatusCode.OK)]
    public async Task OnlyOwnNames_AndOwnPages_AreAnswered(string? host, string? origin, HttpStatusCode expected)
    {
        var address = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Host = host is null ? null : $"{host}:{address.Port}";
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin == "same" ? address.GetLeftPart(UriPartial.Authority) : origin);
        }

        var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.Forbidden)
        {
            Assert.Contains("Open it under the address that it printed", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Token_IsAskedFor_TakenFromTheAddress_AndKeptInACookie()
    {
        var token = new LoginToken();
        var address = await StartAsync("0.0.0.0", token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(address, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(new Uri(address, "?token=guess"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(new Uri(address, "js/page.js"), TestContext.Current.CancellationToken)).StatusCode);

        var login = await _client.GetAsync(new Uri(address, $"runs?q=a&token={token.Value}"), TestContext.Current.CancellationToken);
        var cookie = login.Headers.GetValues("Set-Cookie").Single();
        Assert.Equal("/runs?q=a", login.Headers.Location!.OriginalString);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task UnknownAddress_Is404_WithAPage()
    {
        var answer = await _client.GetAsync(new Uri(await StartAsync(), "nowhere/at/all"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("datasets/stories", HttpStatusCode.OK)]
    [InlineData("architectures/gqa", HttpStatusCode.OK)]
    [InlineData("datasets/nope", HttpStatusCode.NotFound)]
    [InlineData("architectures/nope", HttpStatusCode.NotFound)]
    [InlineData("runs/nope", HttpStatusCode.NotFound)]
    [InlineData("runs/aaaaaaaaaaaa", HttpStatusCode.NotFound)]
    public async Task PageOfSomethingThatIsNotThere_Is404_AndComesAllTheSame(string path, HttpStatusCode expected)
    {
        var answer = await _client.GetAsync(new Uri(await StartAsync(), path), TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Contains("_framework/blazor.web", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UploadedFile_IsDownloadedWhole_AndNothingBesideIt()
    {
        _folder.Write("datasets/imports/my book.txt", "Once upon a time.");
        _folder.Write("datasets/imports/.half.partial", "Once");
        _folder.Write("datasets/secret.txt", "no");
        var address = await StartAsync();
        var answer = await _client.GetAsync(new Uri(address, "datasets/imports/my%20book.txt"), TestContext.Current.CancellationToken);
        Assert.Equal("Once upon a time.", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("attachment", "application/octet-stream"), (answer.Content.Headers.ContentDisposition!.DispositionType, answer.Content.Headers.ContentType!.MediaType));
        foreach (var name in new[] { "..%2Fsecret.txt", ".half.partial", "other.txt" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(new Uri(address, "datasets/imports/" + name), TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    private async Task<Uri> StartAsync(string host = "127.0.0.1", LoginToken? token = null)
    {
        var options = new ServeOptions(_folder.Data, host, 0);
        var app = WebHost.Build(options, IPAddress.Loopback, token, services => services.AddCrossbench(options.Data));
        _apps.Add(app);
        await app.StartAsync();
        return new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");
    }
}
