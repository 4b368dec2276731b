using System.Security.Cryptography;
using Crossbench.Datasets.Downloads;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Downloads from servers that break off, go on, change their minds and send elsewhere.</summary>
public sealed class DownloaderTests : DownloadTestBase
{
    [Theory]
    [InlineData(0, 300_001L, "0 of 301 kB")]
    [InlineData(300_001, 300_001L, "301 of 301 kB")]
    [InlineData(4096, null, "5 kB")]
    [InlineData(12_500_000, 1_924_281_556L, "13 of 1,925 MB")]
    public void Progress_IsToldInAUnitThatShowsIt(long length, long? whole, string told) => Assert.Equal(told, Downloader.Arrived(length, whole));

    [Fact]
    public void File_IsDownloadedOnce_AndVouchedFor()
    {
        using var server = new HubServer((context, _) => HubServer.Send(context, Content));
        var shares = new List<double>();
        Get(server, (_, share) => shares.Add(share));
        AssertWhole(Content);
        Get(server);
        Assert.Equal(new HubRequest("/file", null, null), Assert.Single(server.Requests));
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.Contains(1, shares);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(Content)), File.ReadAllText(Target + ".source.json"), StringComparison.Ordinal);
        File.WriteAllBytes(Target, Content[..100]);
        Get(server);
        AssertWhole(Content);
        Assert.Equal(2, server.Requests.Length);
    }

    [Fact]
    public void BrokenConnection_IsGoneOnWith_WhereItStopped()
    {
        using var server = new HubServer((context, number) => number == 0 ? HubServer.SendPart(context, Content, Half, ServerGoesOn.Task) : HubServer.Send(context, Content));
        Get(server, Arrived(Half));
        AssertWhole(Content);
        Assert.Equal(new HubRequest("/file", Half, HubServer.TagOf(Content)), server.Requests[1]);
    }

    [Fact]
    public void Truncation_IsNotTheEnd()
    {
        using var server = new HubServer(async (context, number) =>
        {
            // Fewer bytes than the server said: then it hangs up.
            if (number == 0)
            {
                context.Response.ContentLength = Content.Length;
                await context.Response.Body.WriteAsync(Content.AsMemory(0, Half));
                return;
            }

            await HubServer.Send(context, Content);
        });
        Get(server);
        AssertWhole(Content);
    }

    [Fact]
    public void File_ThatChangesBetweenTwoParts_IsTakenFromTheStart()
    {
        using var server = new HubServer((context, number) => number == 0 ? HubServer.SendPart(context, Content, Half, ServerGoesOn.Task) : HubServer.Send(context, Newer));
        Get(server, Arrived(Half));
        AssertWhole(Newer);
    }

    [Theory]
    [InlineData("ignores the range")]
    [InlineData("ignores the condition")]
    [InlineData("sends another part")]
    [InlineData("has nothing more")]
    public void Server_ThatDoesNotGoOn_IsAskedForTheWhole(string manner)
    {
        using var server = new HubServer((context, number) =>
        {
            if (number == 0)
            {
                return HubServer.SendPart(context, Content, Half, ServerGoesOn.Task);
            }

            switch (number == 1 ? manner : "")
            {
                case "ignores the range":
                    context.Request.Headers.Remove("Range");
                    return HubServer.Send(context, Newer);
                case "ignores the condition":
                    context.Request.Headers.Remove("If-Range");
                    return HubServer.Send(context, Newer);
                case "sends another part":
                    context.Response.StatusCode = 206;
                    context.Response.Headers.ETag = HubServer.TagOf(Content);
                    context.Response.Headers.ContentRange = $"bytes 10-19/{Content.Length}";
                    return context.Response.Body.WriteAsync(Content, 10, 10);
                case "has nothing more":
                    context.Response.StatusCode = 416;
                    return Task.CompletedTask;
                default:
                    return HubServer.Send(context, Newer);
            }
        });
        Get(server, Arrived(Half));
        AssertWhole(Newer);
    }

    [Fact]
    public void Redirects_AreFollowed_AndTellTheHash()
    {
        using var server = new HubServer((context, number) =>
        {
            if (context.Request.Path == "/stored")
            {
                return HubServer.Send(context, Content, "\"other\"");
            }

            context.Response.StatusCode = number == 0 ? 307 : 302;
            context.Response.Headers.Location = number == 0 ? "/moved" : $"http://{context.Request.Host}/stored";
            context.Response.Headers["X-Linked-Etag"] = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content))}\"";
            context.Response.Headers["X-Linked-Size"] = "300001";
            return Task.CompletedTask;
        });
        Get(server);
        AssertWhole(Content);
        Assert.Equal(["/file", "/moved", "/stored"], server.Requests.Select(request => request.Path));
        Assert.Contains("\"ToldByServer\":true", File.ReadAllText(Target + ".source.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Cancel_KeepsWhatHasArrived_UnderAnotherName()
    {
        using var server = new HubServer((context, number) => number == 0 ? HubServer.SendPart(context, Content, Half, ServerGoesOn.Task) : HubServer.Send(context, Content));
        Assert.Throws<OperationCanceledException>(() => Get(server, (_, share) =>
        {
            if (share > 0)
            {
                throw new OperationCanceledException();
            }
        }));
        ServerGoesOn.SetResult();
        Assert.False(File.Exists(Target));
        var kept = new FileInfo(Target + ".partial").Length;
        Assert.InRange(kept, 1, Half);
        Get(server);
        AssertWhole(Content);
        Assert.Equal(kept, server.Requests[1].Range);
    }

    [Fact]
    public void Length_ThatNobodyTells_DoesWhereTheEndIsMarked()
    {
        using var server = new HubServer(async (context, number) =>
        {
            await context.Response.Body.WriteAsync(Content.AsMemory(0, number == 0 ? Half : Content.Length));
            await context.Response.Body.FlushAsync();
            if (number == 0)
            {
                context.Abort();
            }
        });
        Get(server);
        AssertWhole(Content);
    }

    [Fact]
    public async Task TwoAtOnce_DownloadOnce()
    {
        using var server = new HubServer(async (context, _) =>
        {
            await ServerGoesOn.Task;
            await HubServer.Send(context, Content);
        });
        var waiting = new TaskCompletionSource();
        var first = Task.Factory.StartNew(() => Get(server, Waits), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var second = Task.Factory.StartNew(() => Get(server, Waits), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.Same(waiting.Task, await Task.WhenAny(waiting.Task, Task.WhenAll(first, second)));
        ServerGoesOn.SetResult();
        await Task.WhenAll(first, second);
        AssertWhole(Content);
        Assert.Single(server.Requests);

        void Waits(string what, double share)
        {
            if (what.StartsWith("Waiting for another process", StringComparison.Ordinal))
            {
                waiting.TrySetResult();
            }
        }
    }

    [Fact]
    public void Rest_OfAnotherAddressOrOfNobodyKnowsWhat_IsNotGoneOnWith()
    {
        using var server = new HubServer((context, _) => HubServer.Send(context, Content));
        Folder.Write("in/file.txt.partial", Newer[..1000]);
        Get(server);
        AssertWhole(Content);
        File.Delete(Target);
        Folder.Write("in/file.txt.partial", Newer[..1000]);
        Folder.Write("in/file.txt.partial.json", $$"""{"Address":"http://elsewhere/file","Tag":{{HubServer.TagOf(Content)}}}""");
        Get(server);
        AssertWhole(Content);
        Assert.All(server.Requests, request => Assert.Null(request.Range));
    }
}
