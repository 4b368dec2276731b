using System.Threading.Channels;
using Crossbench.Runs;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class RunSubscriptionTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly TestClock _clock = new();
    private readonly Channel<bool> _calls = Channel.CreateUnbounded<bool>();
    private readonly RunSubscription _subscription;
    private bool _removed;

    public RunSubscriptionTests() => _subscription = new RunSubscription(
        null, _ => _calls.Writer.WriteAsync(true, CancellationToken.None).AsTask(), Interval, _clock, new TestLog<RunChangeFeed>(), _ => _removed = true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _subscription.Dispose();

    [Fact]
    public async Task TheFirstChange_IsToldAtOnce_LaterOnesTogetherAfterTheInterval()
    {
        _subscription.Tell();
        await _calls.Reader.ReadAsync(Cancellation);
        await _clock.WhenTimersWait();

        _subscription.Tell();
        _subscription.Tell();
        _subscription.Tell();
        _clock.Advance(Interval - TimeSpan.FromTicks(1));
        Assert.False(_calls.Reader.TryRead(out var _));

        _clock.Advance(TimeSpan.FromTicks(1));
        await _calls.Reader.ReadAsync(Cancellation);
        await _clock.WhenTimersWait();
        _clock.Advance(Interval);
        Assert.False(_calls.Reader.TryRead(out var _));
    }

    [Fact]
    public async Task AfterAQuietTime_AChangeIsToldAtOnceAgain()
    {
        _subscription.Tell();
        await _calls.Reader.ReadAsync(Cancellation);
        await _clock.WhenTimersWait();
        _clock.Advance(Interval);

        _subscription.Tell();

        await _calls.Reader.ReadAsync(Cancellation);
    }

    [Fact]
    public void AfterItsEnd_NothingIsTold()
    {
        _subscription.Dispose();

        _subscription.Tell();

        Assert.True(_removed);
        Assert.False(_calls.Reader.TryRead(out var _));
    }
}
