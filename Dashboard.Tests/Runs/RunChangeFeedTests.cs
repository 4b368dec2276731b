using System.Diagnostics;
using System.Threading.Channels;
using Crossbench.Runs;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class RunChangeFeedTests : IAsyncLifetime
{
    private readonly TestStore _test = new();
    private readonly TestLog<RunChangeFeed> _log = new();
    private readonly RunChangeFeed _feed;

    public RunChangeFeedTests() => _feed = new RunChangeFeed(_test.Store, TimeProvider.System, _log);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _feed.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _feed.StopAsync(CancellationToken.None);
        _feed.Dispose();
        _test.Dispose();
    }

    [Fact]
    public async Task AChange_IsTold_WhicheverConnectionMadeIt()
    {
        using var other = _test.Reopen();
        var id = _test.Running();
        var (calls, subscription) = Subscribe(null);
        using var _ = subscription;
        await Settled(calls);

        _test.Store.Append(id, [TestStore.Point(1, 1)]);
        await calls.ReadAsync(Cancellation);
        await Settled(calls);
        other.Append(id, [TestStore.Point(2, 2)]);
        await calls.ReadAsync(Cancellation);
        await Settled(calls);
        other.Request(id, RunCommand.Stop);
        await calls.ReadAsync(Cancellation);
    }

    [Fact]
    public async Task AReader_ThatRereadsOnEveryCall_EndsWithTheLastState()
    {
        var id = _test.Running();
        var end = new TaskCompletionSource();
        var calls = 0;
        using var subscription = _feed.Subscribe(id, _ =>
        {
            calls++;
            if (_test.Store.Find(id)!.Step == 400)
            {
                end.TrySetResult();
            }

            return Task.CompletedTask;
        });
        var watch = Stopwatch.StartNew();

        for (var step = 1; step <= 400; step++)
        {
            _test.Store.Append(id, [TestStore.Point(step, step)]);
        }

        await end.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.InRange(calls, 1, 2 + (watch.Elapsed / RunChangeFeed.CallInterval));
    }

    [Fact]
    public async Task ASubscriberToOneRun_HearsNothingOfOthers_NorOfHeartbeats()
    {
        var (mine, other) = (_test.Running(), _test.Running());
        var (ofMine, mySubscription) = Subscribe(mine);
        var (ofOther, otherSubscription) = Subscribe(other);
        using var first = mySubscription;
        using var second = otherSubscription;
        _test.Store.Append(mine, [TestStore.Point(1, 1)]);
        _test.Store.Append(other, [TestStore.Point(1, 1)]);
        await ofMine.ReadAsync(Cancellation);
        await ofOther.ReadAsync(Cancellation);
        await Settled(ofMine);
        await Settled(ofOther);

        _test.Store.Heartbeat(mine, 1);
        _test.Store.Append(other, [TestStore.Point(2, 2)]);

        await ofOther.ReadAsync(Cancellation);
        Assert.False(ofMine.TryRead(out var _));
    }

    [Fact]
    public async Task ADeletedRun_IsAChange()
    {
        var id = _test.Running();
        _test.Store.TryTransition(id, RunStatus.Running, RunStatus.Stopped, "");
        var (calls, subscription) = Subscribe(id);
        using var _ = subscription;
        await Settled(calls);

        _test.Store.Delete(id);

        await calls.ReadAsync(Cancellation);
    }

    [Fact]
    public async Task ASubscriberThatFails_IsLogged_AndToldAgain()
    {
        var id = _test.Running();
        var calls = Channel.CreateUnbounded<bool>();
        using var subscription = _feed.Subscribe(null, _ =>
        {
            calls.Writer.TryWrite(true);
            throw new InvalidOperationException("broken page");
        });
        await Settled(calls.Reader);

        _test.Store.Append(id, [TestStore.Point(1, 1)]);
        await calls.Reader.ReadAsync(Cancellation);
        await Settled(calls.Reader);
        _test.Store.Append(id, [TestStore.Point(2, 1)]);
        await calls.Reader.ReadAsync(Cancellation);

        Assert.Contains(_log.Lines, line => line.Level == LogLevel.Error);
    }

    /// <summary>Waits until the calls for earlier changes are over: a call interval and some polls without one.</summary>
    private static async Task Settled(ChannelReader<bool> calls)
    {
        using var quiet = new CancellationTokenSource(RunChangeFeed.CallInterval + (10 * RunChangeFeed.PollInterval));
        while (await calls.WaitToReadAsync(quiet.Token).AsTask().ContinueWith(wait => wait.IsCompletedSuccessfully, TaskScheduler.Default))
        {
            calls.TryRead(out var _);
        }
    }

    private (ChannelReader<bool> Calls, IDisposable Subscription) Subscribe(RunId? run)
    {
        var calls = Channel.CreateUnbounded<bool>();
        return (calls, _feed.Subscribe(run, _ => calls.Writer.WriteAsync(true, CancellationToken.None).AsTask()));
    }
}
