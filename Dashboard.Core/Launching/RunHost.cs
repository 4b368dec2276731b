using System.Globalization;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>
/// Takes one run from queued to its end in this process: marks it running, records what the trainer tells, passes requests on to it, gives signs of life,
/// and turns the outcome or the fault into the run's last status. The caller holds the run's lock and its lease.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets what the store cannot take; standard error of a command, the log file of a worker.</param>
/// <param name="reserve">Room on the disk for the run's end.</param>
public sealed class RunHost(IRunStore store, TimeProvider time, TextWriter log, SpaceReserve? reserve = null)
{
    /// <summary>Time between two looks at what is asked of the run.</summary>
    public static TimeSpan PollInterval { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time between two signs of life.</summary>
    public static TimeSpan HeartbeatInterval { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Trains a queued run on the calling thread.</summary>
    /// <param name="run">The run, queued.</param>
    /// <param name="control">Requests from this process, such as Ctrl-C; those from the store are added.</param>
    /// <param name="train">The trainer.</param>
    /// <param name="beside">A second observer, such as a progress bar.</param>
    /// <returns>The end; with the present status and no outcome when the run was not queued any more.</returns>
    /// <exception cref="RunStoreException">The end could not be written.</exception>
    public RunEnd Run(RunRecord run, TrainingControl control, TrainRun train, ITrainingObserver? beside = null)
    {
        if (!store.TryTransition(run.Id, RunStatus.Queued, RunStatus.Running, ""))
        {
            var now = store.Find(run.Id)?.Status ?? RunStatus.Stopped;
            return new RunEnd(run.Id, now, $"The run was not queued any more, it was {now}.", null, null);
        }

        var end = Train(run, control, train, beside);
        reserve?.Release();
        if (!store.TryTransition(run.Id, RunStatus.Running, end.Status, end.Reason))
        {
            Tell($"Another process has changed run {run.Id} meanwhile; its end as {end.Status} is not in the store.");
        }

        return end;
    }

    private static (RunStatus Status, string Reason) Describe(RunOutcome outcome) => outcome switch
    {
        Completed => (RunStatus.Completed, ""),
        Paused { Reason.Length: > 0 } paused => (RunStatus.Paused, paused.Reason),
        Paused => (RunStatus.Paused, Text($"Paused on request at step {outcome.Step}.")),
        Stopped stopped => (RunStatus.Stopped, Text($"Stopped on request at step {outcome.Step}. {stopped.Reason}").TrimEnd()),
        Diverged diverged => (RunStatus.Diverged, Text($"The loss or a gradient stopped being finite at step {outcome.Step}; {LastLoss(diverged)}{BadLayer(diverged)}.")),
        _ => throw new ArgumentException($"A run does not end as {outcome.GetType().Name}.", nameof(outcome)),
    };

    /// <summary>Faults of native code bring their stack in the message; the log has it, the reason is its first line.</summary>
    private static string Describe(Exception fault) => fault switch
    {
        SpecException or RunStoreException => fault.Message,
        _ when SpaceReserve.IsDiskFull(fault) => $"The disk is full: {fault.Message.TrimEnd('.')}. Free some space, then resume the run.",
        _ => fault.Message.Split('\n')[0].TrimEnd(),
    };

    private static string LastLoss(Diverged diverged) => diverged switch
    {
        { LastFinite: { } last } => Text($"the last finite loss was {last.Loss:0.####} at step {last.Step} (gradient norm {last.GradientNorm:G4}, learning rate {last.LearningRate:G4})"),
        { LastFiniteLoss: { } loss } => Text($"the last finite loss was {loss:0.####}"),
        _ => "no loss was finite",
    };

    private static string BadLayer(Diverged diverged) => diverged.FirstBadLayer is { } layer ? $", the first bad values came from {layer}" : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private RunEnd Train(RunRecord run, TrainingControl control, TrainRun train, ITrainingObserver? beside)
    {
        using var over = new CancellationTokenSource();
        using var recorder = new RunRecorder(store, run.Id, time);
        var observer = new Observers(recorder, beside);
        var watching = Task.Run(() => WatchAsync(run.Id, control, observer, over.Token));
        try
        {
            var outcome = train(run, observer, control);
            recorder.Complete();
            var (status, reason) = Describe(outcome);
            return new RunEnd(run.Id, status, reason, outcome, null);
        }
        catch (Exception fault)
        {
            reserve?.Release();
            Tell(fault is SpecException or RunStoreException ? fault.Message : fault.ToString());
            return new RunEnd(run.Id, SpaceReserve.IsDiskFull(fault) ? RunStatus.Paused : RunStatus.Failed, Describe(fault), null, fault);
        }
        finally
        {
            over.Cancel();
            watching.GetAwaiter().GetResult();
        }
    }

    /// <summary>Writes to the log, which may be on the very disk that is full.</summary>
    private void Tell(string text)
    {
        try
        {
            log.WriteLine(text);
        }
        catch (IOException full) when (SpaceReserve.IsDiskFull(full))
        {
            // The run's row says it; a line less in the log must not end the run otherwise.
        }
    }

    private async Task WatchAsync(RunId id, TrainingControl control, Observers observer, CancellationToken over)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        var told = RunCommand.None;
        long? lastBeat = null;
        do
        {
            try
            {
                if (lastBeat is not { } beat || time.GetElapsedTime(beat) >= HeartbeatInterval)
                {
                    store.Heartbeat(id, Environment.ProcessId);
                    lastBeat = time.GetTimestamp();
                }

                var asked = store.Find(id)?.Command ?? RunCommand.Stop;
                Pass(asked, control);
                if (asked > told)
                {
                    store.Remark(id, $"{asked} was asked for; {(observer.HasBegun ? "ends after this step" : "ends before its first step")}.", isWarning: false);
                    told = asked;
                }
            }
            catch (RunStoreException fault)
            {
                // Training is not at fault; the recorder ends it if the store stays away.
                Tell(fault.Message);
            }
        }
        while (await NextAsync(timer, over));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken over)
    {
        try
        {
            return await timer.WaitForNextTickAsync(over);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static void Pass(RunCommand command, TrainingControl control)
    {
        var request = command switch
        {
            RunCommand.Pause => TrainingRequest.Pause,
            RunCommand.Stop => TrainingRequest.Stop,
            _ => TrainingRequest.None,
        };
        if (request > control.Request)
        {
            control.Ask(request);
        }
    }

    /// <summary>The recorder and whoever else looks on; knows whether training proper has begun.</summary>
    private sealed class Observers(RunRecorder recorder, ITrainingObserver? beside) : ITrainingObserver
    {
        private volatile bool _hasBegun;

        public bool HasBegun => _hasBegun;

        public void OnEvent(TrainingEvent trainingEvent)
        {
            _hasBegun |= trainingEvent is Started;
            recorder.OnEvent(trainingEvent);
            beside?.OnEvent(trainingEvent);
        }

        public void Flush()
        {
            recorder.Flush();
            beside?.Flush();
        }
    }
}
