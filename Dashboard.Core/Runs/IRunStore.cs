using Crossbench.Metrics;
using Crossbench.Runs.Filters;
using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>
/// The run store, shared by the web process, workers and commands. Every call is one short transaction; readers never wait for writers.
/// </summary>
public interface IRunStore
{
    /// <summary>Adds a run as <see cref="RunStatus.Queued"/>.</summary>
    RunRecord Create(RunSpec spec);

    /// <summary>
    /// Adds a run under an id of the caller's. A command that trains by itself takes the run's lock first, so that the queue leaves the run alone.
    /// </summary>
    RunRecord Create(RunSpec spec, RunId id);

    /// <summary>Adds a run that was trained elsewhere with all that belongs to it, whole or not at all. It is read-only: no transition is legal.</summary>
    /// <returns>Null when it was added; else the run of this id or source that is in the store already, be it in the trash, and nothing is changed.</returns>
    RunId? TryImport(ImportedRun run);

    /// <summary>The run, or null.</summary>
    RunRecord? Find(RunId id);

    /// <summary>The runs of these ids that are there, in the order of the ids.</summary>
    IReadOnlyList<RunRecord> FindAll(IReadOnlyCollection<RunId> ids);

    /// <summary>What was scored of some runs and where they trained, in their order; of a run that is gone, nothing. All from one moment.</summary>
    /// <param name="runs">The runs as they were read: what was recorded after their steps is left out.</param>
    /// <param name="set">The evaluation set whose last rows are wanted.</param>
    IReadOnlyList<RunScores> ReadScores(IReadOnlyList<RunRecord> runs, string set);

    /// <summary>A page of runs.</summary>
    RunPage Query(RunQuery query);

    /// <summary>The ids of all runs of a query in its order, whatever its page.</summary>
    IReadOnlyList<RunId> Ids(RunQuery query);

    /// <summary>The groups of a query in their order, collapsed ones too.</summary>
    IReadOnlyList<RunGroup> Groups(RunQuery query);

    /// <summary>The values of a text that occur: tags, suites, devices.</summary>
    IReadOnlyList<string> KnownValues(RunText field);

    /// <summary>Runs that a person may mean: that of this id, else those whose id begins so or whose name it is, newest first.</summary>
    /// <param name="text">An id, the beginning of one, or a whole name in any case.</param>
    /// <param name="limit">Runs to return at most.</param>
    IReadOnlyList<RunRecord> FindNamed(string text, int limit);

    /// <summary>Number of runs in each status, archived ones left out.</summary>
    IReadOnlyDictionary<RunStatus, int> Tally();

    /// <summary>The queued run whose turn is next, or null: the highest priority, among equals the first in line.</summary>
    /// <param name="busyDevices">Devices that take no more runs now, under their full names.</param>
    /// <param name="except">Runs to pass over.</param>
    RunRecord? NextQueued(IReadOnlyCollection<string> busyDevices, IReadOnlyCollection<RunId> except);

    /// <summary>Changes the status when it still is <paramref name="from"/>; keeps a line in the log. Clears a pending command.</summary>
    /// <returns>False when the run is gone or has another status by now.</returns>
    /// <exception cref="ArgumentException">The transition is not legal.</exception>
    bool TryTransition(RunId id, RunStatus from, RunStatus to, string reason);

    /// <summary>Every change of status, the creation first.</summary>
    IReadOnlyList<StatusChange> History(RunId id);

    /// <summary>Changes the rank of a run in the queue; kept for when it is queued again.</summary>
    /// <returns>False when the run is gone.</returns>
    bool SetPriority(RunId id, int priority);

    /// <summary>Moves a queued run before or behind all others of its priority.</summary>
    /// <returns>False when the run is not queued.</returns>
    bool Move(RunId id, bool toFront);

    /// <summary>Changes name, tags and notes.</summary>
    /// <param name="id">The run.</param>
    /// <param name="edition">The <see cref="RunRecord.Edition"/> that the person saw.</param>
    /// <param name="labels">What they are to be.</param>
    /// <exception cref="SpecException">A label is not legal.</exception>
    RunEdit Edit(RunId id, long edition, RunLabels labels);

    /// <summary>Takes an ended run out of the list, or puts it back. One that is queued again comes back by itself.</summary>
    /// <returns>False when the run is gone, queued or running, or is so already.</returns>
    bool Archive(RunId id, bool archived);

    /// <summary>What the run takes in the store.</summary>
    RunSize SizeOf(RunId id);

    /// <summary>Says how a running run is doing: its reason from now on, and a line in its log.</summary>
    /// <returns>False when the run is not running.</returns>
    bool Remark(RunId id, string reason, bool isWarning);

    /// <summary>Notes that the worker of a running run is being killed, before it is, so that whoever finds it dead knows why.</summary>
    /// <param name="id">The run.</param>
    /// <param name="reason">Why, as the end of a sentence: "it was asked to".</param>
    /// <returns>False when the run is not running.</returns>
    bool Condemn(RunId id, string reason);

    /// <summary>Asks the worker of a running run for something.</summary>
    /// <returns>False when the run is not running.</returns>
    bool Request(RunId id, RunCommand command);

    /// <summary>Notes which process has the run, and that it is alive now.</summary>
    void Heartbeat(RunId id, int processId);

    /// <summary>
    /// Appends what a worker saw, in one transaction: points, snapshots, evaluations, log lines, and the latest values of the run's row. <see cref="Started"/>
    /// at a step first removes what an earlier worker recorded after it, as <see cref="TruncateAfter"/> does.
    /// </summary>
    void Append(RunId id, IReadOnlyList<TrainingEvent> events);

    /// <summary>Removes all that was recorded after a step, before training goes on from a checkpoint of that step.</summary>
    void TruncateAfter(RunId id, long step);

    /// <summary>Names of the scalar metrics that have points.</summary>
    IReadOnlyList<string> Metrics(RunId id);

    /// <summary>Points of one metric after a step, ascending. Pass -1 for all.</summary>
    MetricSeries ReadSeries(RunId id, string metric, long afterStep);

    /// <summary>One metric of many runs over ranges of steps as pixel columns of a chart, in which no spike is lost. All from one moment.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="parts">Each run with columns that have no points yet; they are filled. A run that is gone leaves them empty.</param>
    void ReadColumns(string metric, IReadOnlyList<(RunId Id, SeriesColumns Columns)> parts);

    /// <summary>Snapshots of one metric after a step, ascending.</summary>
    IReadOnlyList<MetricSnapshot> ReadSnapshots(RunId id, string metric, long afterStep);

    /// <summary>The newest snapshot of one metric, or null.</summary>
    MetricSnapshot? ReadLatestSnapshot(RunId id, string metric);

    /// <summary>Evaluations after a step, ascending.</summary>
    IReadOnlyList<EvaluationRecord> ReadEvaluations(RunId id, long afterStep);

    /// <summary>Rows of one evaluation.</summary>
    IReadOnlyList<SequenceLoss> ReadSequences(RunId id, string set, long step);

    /// <summary>Log lines after a number, ascending.</summary>
    IReadOnlyList<RunLogEntry> ReadLog(RunId id, long afterNumber);

    /// <summary>Saved checkpoints, ascending.</summary>
    IReadOnlyList<CheckpointRecord> Checkpoints(RunId id);

    /// <summary>Where the workers of a run trained, one for each start, oldest first.</summary>
    IReadOnlyList<EnvironmentRecord> Environments(RunId id);

    /// <summary>Deletes an ended run with all that belongs to it in the store, for good, out of the trash too.</summary>
    /// <returns>False when the run is gone, queued or running.</returns>
    bool Delete(RunId id);

    /// <summary>Deletes a run for good that has lain in the trash since a time, and only from there: not one that was taken back meanwhile.</summary>
    /// <returns>False when there is no such run in the trash.</returns>
    bool Purge(RunId id, DateTimeOffset deletedBy);

    /// <summary>Puts ended runs into the trash, where nothing but a filter for deleted runs finds them, or takes them out again.</summary>
    /// <returns>The runs that went; those that are gone, queued, running or there already stay.</returns>
    IReadOnlyList<RunId> Trash(IReadOnlyCollection<RunId> ids, bool deleted);

    /// <summary>Takes a free slot of a device for a run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="device">Name of the device: <c>cpu</c>, <c>cuda:0</c>.</param>
    /// <param name="slots">Runs that the device takes at a time.</param>
    /// <param name="isAlive">Tells whether another holder still lives; leases of the dead are taken over.</param>
    /// <returns>False when no slot is free.</returns>
    bool TryLease(RunId id, string device, int slots, Func<RunId, bool> isAlive);

    /// <summary>Gives the slot back, also of a run that lies in the trash.</summary>
    void ReleaseLease(RunId id);
}
