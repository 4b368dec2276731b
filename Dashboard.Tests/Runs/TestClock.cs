namespace Crossbench.Tests.Runs;

/// <summary>A clock that stands still until a test moves it; timers fire on the thread that moves it.</summary>
internal sealed class TestClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TestTimer> _timers = [];
    private readonly Dictionary<int, TaskCompletionSource> _awaited = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    private TimeSpan _jumped;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now + _jumped;
        }
    }

    public override long GetTimestamp() => Steady().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock and fires what is due.</summary>
    public void Advance(TimeSpan time)
    {
        List<TestTimer> due;
        lock (_lock)
        {
            _now += time;
            due = [.. _timers.Where(timer => timer.Due <= _now)];
            foreach (var timer in due)
            {
                timer.Fired(_now);
            }

            _timers.RemoveAll(timer => timer.Due is null);
        }

        due.ForEach(timer => timer.Callback());
    }

    /// <summary>Sets the wall clock forward or back, as a person or a time server does; no time passes.</summary>
    public void Jump(TimeSpan time)
    {
        lock (_lock)
        {
            _jumped += time;
        }
    }

    private DateTimeOffset Steady()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <summary>Ends when at least so many timers wait: the code under test has come to its pause.</summary>
    public Task WhenTimersWait(int count = 1)
    {
        lock (_lock)
        {
            if (_timers.Count >= count)
            {
                return Task.CompletedTask;
            }

            return (_awaited.TryGetValue(count, out var known) ? known : _awaited[count] = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Schedule(TestTimer timer, DateTimeOffset? due)
    {
        List<TaskCompletionSource> reached = [];
        lock (_lock)
        {
            timer.Due = due;
            _timers.Remove(timer);
            if (due is not null)
            {
                _timers.Add(timer);
            }

            foreach (var count in _awaited.Keys.Where(count => count <= _timers.Count).ToList())
            {
                reached.Add(_awaited[count]);
                _awaited.Remove(count);
            }
        }

        reached.ForEach(source => source.TrySetResult());
    }

    private sealed class TestTimer(TestClock clock, Action callback) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset? Due { get; set; }

        public Action Callback => callback;

        public void Fired(DateTimeOffset now) => Due = _period > TimeSpan.Zero ? now + _period : null;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            clock.Schedule(this, dueTime < TimeSpan.Zero ? null : clock.Steady() + dueTime);
            return true;
        }

        public void Dispose() => clock.Schedule(this, null);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
