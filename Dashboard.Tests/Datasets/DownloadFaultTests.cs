using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Crossbench.Datasets.Downloads;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Servers that do not give a file, in words.</summary>
public sealed class DownloadFaultTests : DownloadTestBase
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hash_ThatIsNotTheServers_IsTriedOnceMore_ThenRefused(bool mends)
    {
        using var server = new HubServer((context, number) => HubServer.Send(context, mends && number == 1 ? Newer : Content, $"\"{Convert.ToHexStringLower(SHA256.HashData(Newer))}\""));
        if (mends)
        {
            Get(server);
            AssertWhole(Newer);
            return;
        }

        AssertRefused(server, $"its SHA-256 is {Convert.ToHexStringLower(SHA256.HashData(Content))}, but the server says {Convert.ToHexStringLower(SHA256.HashData(Newer))}", 2);
    }

    [Theory]
    [InlineData(404, 1, "the server has no such file (404)")]
    [InlineData(403, 1, "the server does not allow it (403)")]
    [InlineData(401, 1, "the server does not allow it (401)")]
    [InlineData(418, 1, "the server answered 418")]
    [InlineData(429, 3, "the server had too many requests (429)")]
    [InlineData(500, 3, "the server failed (500)")]
    [InlineData(503, 3, "the server failed (503)")]
    public void Status_IsToldInWords_AndTriedAgainWhereItMayPass(int status, int attempts, string words)
    {
        using var server = new HubServer((context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        });
        AssertRefused(server, words, attempts);
    }

    [Fact]
    public void Fault_ThatPasses_IsForgotten()
    {
        using var server = new HubServer((context, number) =>
        {
            if (number < 2)
            {
                context.Response.StatusCode = 503;
                return Task.CompletedTask;
            }

            return HubServer.Send(context, Content);
        });
        Get(server);
        AssertWhole(Content);
    }

    [Fact]
    public void Stall_BeforeOrInTheFile_EndsTheAttempt()
    {
        using var server = new HubServer(async (context, number) =>
        {
            if (number == 0)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            else if (number == 1)
            {
                await HubServer.SendPart(context, Content, Half, Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
            }
            else
            {
                await HubServer.Send(context, Content);
            }
        });
        var said = new List<string>();
        Get(server, (what, _) => said.Add(what), Quick with { Stall = TimeSpan.FromSeconds(1), Attempts = 20 });
        AssertWhole(Content);
        Assert.Contains("Downloading file.txt: not a byte arrived for 1 s; trying again", said);
        Assert.Equal([null, null, Half], server.Requests.Take(3).Select(request => request.Range));
    }

    [Fact]
    public void Offline_IsToldWithTheAddressAndTheWaysWithout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/file");
        listener.Stop();
        var problem = Assert.Single(Assert.Throws<SpecException>(() => Create(Quick).Get(address, Target, (_, _) => { })).Problems);
        Assert.StartsWith($"file.txt cannot be downloaded from {address}: no connection to 127.0.0.1:{address.Port} (", problem.Reason, StringComparison.Ordinal);
        Assert.Equal("Prepare again with a network, name a mirror of the hub in CROSSBENCH_HUB, or give the path of a local copy.", problem.Remedy);
        Assert.Equal("dataset.path", problem.Path);
    }

    [Fact]
    public void PackedContent_IsRefused()
    {
        using var server = new HubServer((context, _) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return HubServer.Send(context, Content);
        });
        AssertRefused(server, "the server sends it packed", 1);
    }

    [Theory]
    [InlineData("/file", "the server redirects more than 10 times", 11)]
    [InlineData(null, "the server redirects without saying where to", 1)]
    [InlineData("ftp://elsewhere/file", "the server redirects from http to ftp (elsewhere), which is not followed", 1)]
    public void Redirect_ThatLeadsNowhere_IsRefused(string? location, string words, int requests)
    {
        using var server = new HubServer((context, _) =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = location;
            return Task.CompletedTask;
        });
        AssertRefused(server, words, requests);
    }

    [Fact]
    public void Redirect_OutOfEncryption_IsNotFollowed()
    {
        var downloader = new Downloader(() => new RedirectingNetwork(), Quick, TimeProvider.System);
        var fault = Assert.Throws<SpecException>(() => downloader.Get(new Uri("https://hub.example/file"), Target, (_, _) => { }));
        Assert.Contains("the server redirects from https to http (plain.example), which is not followed", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disk_WithoutRoom_IsToldBeforeItIsFull()
    {
        using var server = new HubServer((context, _) => HubServer.Send(context, Content));
        var problem = Assert.Single(Assert.Throws<SpecException>(() => Create(Quick with { Room = _ => 1000 }).Get(new Uri(server.Address, "file"), Target, (_, _) => { })).Problems);
        Assert.Contains("file.txt needs 0 MB more", problem.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        Folder.Write("blocked", "a file where a folder is needed");
        var fault = Assert.Throws<SpecException>(() => Create(Quick).Get(new Uri(server.Address, "file"), Folder.File("blocked/file.txt"), (_, _) => { }));
        Assert.Contains("cannot be written", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disk_ThatFillsUp_KeepsWhatHasArrived()
    {
        using var server = new HubServer((context, _) => HubServer.Send(context, Content));
        var problem = Assert.Single(Assert.Throws<SpecException>(() => Get(server, limits: Quick with { Open = path => new FullDisk(path, Half) })).Problems);
        Assert.Equal($"\"{Target}\" cannot be written: the disk is full.", problem.Reason);
        Assert.InRange(new FileInfo(Target + ".partial").Length, 1, Half);
        Assert.False(File.Exists(Target));
        Get(server);
        AssertWhole(Content);
        Assert.InRange(server.Requests[1].Range ?? 0, 1, Half);
    }

    private sealed class FullDisk(string path, int room) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1)
    {
        private const int NoSpaceLeft = 28;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Position + buffer.Length > room)
            {
                throw new IOException("No space left on device", NoSpaceLeft);
            }

            base.Write(buffer);
        }
    }

    private sealed class RedirectingNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("http://plain.example/file") } });
    }
}
