using Crossbench.Runs;

namespace Crossbench.Launching;

/// <summary>How long a queue waits for workers.</summary>
public sealed record WorkerPatience
{
    /// <summary>Time from the request to pause or stop until a worker that goes on is killed; three of the run's own steps when those take longer.</summary>
    public TimeSpan End { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a worker is said to hang. Nobody is killed for it unless a person says so.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Watches running runs: since when something is asked of each, and since when its worker has given no new sign of life. Time is measured by this process's
/// own steady clock between its own looks, so a wall clock that is set back or forward, or a machine that sleeps, makes nobody late.
/// </summary>
internal sealed class WorkerWatch(WorkerPatience patience, TimeProvider time)
{
    /// <summary>A gap between two looks after which the watcher itself was asleep, which proves nothing about workers.</summary>
    private static readonly TimeSpan Asleep = TimeSpan.FromSeconds(10);

    private readonly Dictionary<RunId, Watched> _runs = [];
    private long? _lastLook;

    /// <summary>Begins a look; forgets runs that do not run any more.</summary>
    public void Begin(IReadOnlyCollection<RunRecord> running)
    {
        var now = time.GetTimestamp();
        if (_lastLook is { } last && time.GetElapsedTime(last, now) is var gap && gap > Asleep)
        {
            foreach (var watched in _runs.Values)
            {
                watched.Forgive(gap);
            }
        }

        _lastLook = now;
        var ids = running.Select(run => run.Id).ToHashSet();
        foreach (var gone in _runs.Keys.Where(id => !ids.Contains(id)).ToList())
        {
            _runs.Remove(gone);
        }
    }

    /// <summary>Takes note of a running run as it is now.</summary>
    public Watched Look(RunRecord run)
    {
        if (!_runs.TryGetValue(run.Id, out var watched))
        {
            _runs[run.Id] = watched = new Watched(time);
        }

        watched.Note(run);
        return watched;
    }

    /// <summary>Whether a run should have ended by now.</summary>
    public bool IsOverdue(RunRecord run, Watched watched) => run.Command != RunCommand.None && watched.Asked > EndOf(run);

    /// <summary>Silence after which a worker is taken for hanging.</summary>
    public TimeSpan SilenceLimit => patience.Silence;

    /// <summary>Whether a run's worker is to be taken for hanging.</summary>
    public bool IsSilent(Watched watched) => watched.Silence > patience.Silence;

    /// <summary>Time that a run has to end.</summary>
    public TimeSpan EndOf(RunRecord run)
    {
        var steps = run.Elapsed is > 0 and { } elapsed && run.Step > 0 ? TimeSpan.FromSeconds(3 * elapsed / run.Step) : TimeSpan.Zero;
        return steps > patience.End ? steps : patience.End;
    }

    /// <summary>One running run.</summary>
    internal sealed class Watched(TimeProvider time)
    {
        private RunCommand _command;
        private DateTimeOffset? _heartbeat;
        private long _askedAt = time.GetTimestamp();
        private long _heardAt = time.GetTimestamp();

        /// <summary>Time since something was asked.</summary>
        public TimeSpan Asked => time.GetElapsedTime(_askedAt);

        /// <summary>Time since the last new sign of life.</summary>
        public TimeSpan Silence => time.GetElapsedTime(_heardAt);

        /// <summary>Whether people were told that the worker is silent.</summary>
        public bool IsTold { get; set; }

        public void Note(RunRecord run)
        {
            if (run.Command != _command)
            {
                (_command, _askedAt) = (run.Command, time.GetTimestamp());
            }

            // Any other time than before is a sign of life, be it earlier or later.
            if (run.HeartbeatAt != _heartbeat)
            {
                (_heartbeat, _heardAt) = (run.HeartbeatAt, time.GetTimestamp());
            }
        }

        public void Forgive(TimeSpan gap)
        {
            var ticks = (long)(gap.TotalSeconds * time.TimestampFrequency);
            _askedAt += ticks;
            _heardAt += ticks;
        }
    }
}
