using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Training;

namespace Crossbench.Suites;

/// <summary>A run before its specification is read.</summary>
/// <param name="File">File that describes it.</param>
/// <param name="At">Where.</param>
/// <param name="Settings">Its settings, later ones over earlier ones, overrides not among them.</param>
internal sealed record SuiteDraft(string File, TextPosition At, IReadOnlyList<SuiteSetting> Settings)
{
    /// <summary>The axes on which it differs from others of its table, with the settings of its points.</summary>
    public IReadOnlyList<IReadOnlyList<SuiteSetting>> Points { get; init; } = [];

    /// <summary>Problems found before.</summary>
    public IReadOnlyList<SuiteProblem> Problems { get; init; } = [];

    /// <summary>What a reader should know of it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the path of a problem is called in the file; the path itself where it is called so.</summary>
    public Func<string, string> NameOf { get; init; } = path => path;

    /// <summary>Whether it has the semantics of TransBench.</summary>
    public bool IsTransBench { get; init; }
}

/// <summary>Collects the runs of a suite.</summary>
/// <param name="context">What surrounds the suite.</param>
internal sealed class SuiteRuns(SuiteContext context)
{
    private const string OverridesFile = "--set";
    private readonly List<PlannedRun> _planned = [];
    private readonly Dictionary<string, SuiteDraft> _names = [];
    private readonly Dictionary<string, string> _hashes = [];
    private readonly Dictionary<string, int> _notes = [];
    private readonly Dictionary<string, SpecProblem?> _devices = [];

    public IReadOnlyList<PlannedRun> Planned => _planned;

    /// <summary>The notes, each once, with the number of runs that it is about.</summary>
    public IReadOnlyList<string> Notes() => [.. _notes.Select(note => note.Value == _planned.Count ? note.Key : $"{note.Key} ({note.Value} of {_planned.Count} runs)")];

    /// <summary>Adds the runs of a table of our form: every combination of the points of its axes, the last axis fastest.</summary>
    public void Add(SuiteDocument document, IReadOnlyList<SuiteSetting> defaults, SuiteEntry entry)
    {
        var seeds = entry.Seeds ?? document.Seeds;
        SuiteAxis[] axes = [.. document.Axes, .. entry.Axes, .. seeds is null ? Array.Empty<SuiteAxis>() : [seeds]];
        var problems = Conflicts(document.File, entry, axes);
        var count = axes.Aggregate((Int128)1, (product, axis) => product * axis.Points.Count);
        if (_planned.Count + count > SuiteExpander.MostRuns)
        {
            var problem = new SpecProblem("", $"These are {count:N0} runs; a suite has at most {SuiteExpander.MostRuns:N0}.", "Use fewer values.");
            (axes, problems) = ([], [.. problems, new SuiteProblem(document.File, entry.At, problem)]);
        }

        foreach (var points in Combinations(axes))
        {
            Add(new SuiteDraft(document.File, entry.At, [.. defaults, .. entry.Settings, .. points.SelectMany(point => point)])
            {
                Points = [.. points.Index().Where(point => axes[point.Index].Points.Count > 1).Select(point => point.Item)],
                Problems = problems,
            });
        }
    }

    /// <summary>Adds one run.</summary>
    public void Add(SuiteDraft draft)
    {
        var reading = RunSpecReader.Read([.. draft.Settings.Select(setting => new KeyValuePair<string, string>(setting.Path, setting.Text)), .. context.Overrides]);
        List<SuiteProblem> problems = [.. draft.Problems, .. reading.Problems.Select(problem => Place(draft, problem))];
        if (reading.Problems.All(problem => problem.Path != "training.device") && ComputeDevice.CudaIndex(reading.Spec.Training.Device) >= 0 && Device(reading.Spec.Training.Device) is { } absent)
        {
            problems.Add(Place(draft, absent));
        }

        if (reading.Spec.From is not null)
        {
            problems.Add(Place(draft, new SpecProblem(ForkOrigin.Path, $"The run {reading.Spec.From} is one of this store; a suite stands for itself.", "Fork it with ./run train, or leave this out.")));
        }

        var spec = Named(draft, reading.Spec, problems);
        var hash = RunSpecJson.Hash(spec);
        foreach (var note in draft.Notes.Concat(problems.Count == 0 ? NotesOn(spec, hash) : []))
        {
            _notes[note] = _notes.GetValueOrDefault(note) + 1;
        }

        _hashes.TryAdd(hash, spec.Name);
        _planned.Add(new PlannedRun(spec, hash, problems) { IsTransBench = draft.IsTransBench });
    }

    /// <summary>All combinations, in order.</summary>
    private static IEnumerable<IReadOnlyList<IReadOnlyList<SuiteSetting>>> Combinations(SuiteAxis[] axes)
    {
        var index = new int[axes.Length];
        while (true)
        {
            yield return [.. axes.Select((axis, i) => axis.Points[index[i]])];
            var last = axes.Length - 1;
            while (last >= 0 && ++index[last] == axes[last].Points.Count)
            {
                index[last--] = 0;
            }

            if (last < 0)
            {
                yield break;
            }
        }
    }

    /// <summary>A path that two axes set, or an axis and the table itself, has no one value.</summary>
    private static List<SuiteProblem> Conflicts(string file, SuiteEntry entry, SuiteAxis[] axes)
    {
        var twice = axes.SelectMany(axis => axis.Points[0]).GroupBy(setting => setting.Path).Where(group => group.Count() > 1).Select(group => group.Last());
        var fixedToo = entry.Settings.Where(setting => axes.Any(axis => axis.Paths.Contains(setting.Path)));
        return
        [
            .. twice.Select(setting => new SuiteProblem(file, setting.At, new SpecProblem(setting.Path, "It stands in two grids, zips or lists of seeds.", "Keep one."))),
            .. fixedToo.Select(setting => new SuiteProblem(file, setting.At, new SpecProblem(setting.Path, "It is set here and in a grid, zip or list of seeds.", "Remove one of the two."))),
        ];
    }

    /// <summary>The run under its name; two runs of one name could not be told apart.</summary>
    private RunSpec Named(SuiteDraft draft, RunSpec read, List<SuiteProblem> problems)
    {
        var name = new SuiteName(draft, read).Make(problems);
        if (!_names.TryGetValue(name, out var other))
        {
            _names.Add(name, draft);
            return read with { Name = name };
        }

        if (draft.IsTransBench)
        {
            // TransBench lets names recur; a number tells them apart.
            var number = Enumerable.Range(2, int.MaxValue - 2).First(i => !_names.ContainsKey($"{name} ({i})"));
            _names.Add($"{name} ({number})", draft);
            return read with { Name = $"{name} ({number})" };
        }

        problems.Add(new SuiteProblem(draft.File, draft.At, new SpecProblem("name", $"\"{name}\" is the name of another run too, in line {other.At.Line}{(other.File == draft.File ? "" : $" of {other.File}")}.", "Give each table a name; what differs within one can be put into it in braces: {seed}.")));
        return read with { Name = name };
    }

    private SpecProblem? Device(string device)
    {
        if (!_devices.TryGetValue(device, out var problem))
        {
            problem = context.DeviceProblem(device) is { } found
                ? new SpecProblem(found.Path, found.Reason, "Add --set training.device=cpu, or use a libtorch build with CUDA by LibTorchPath.") { Fixes = found.Fixes }
                : null;
            _devices.Add(device, problem);
        }

        return problem;
    }

    private SuiteProblem Place(SuiteDraft draft, SpecProblem problem)
    {
        if (context.Overrides.Any(pair => pair.Key == problem.Path))
        {
            return new SuiteProblem(OverridesFile, default, problem);
        }

        var at = draft.Settings.LastOrDefault(setting => setting.Path == problem.Path)
            ?? draft.Settings.LastOrDefault(setting => problem.Fixes.Any(fix => fix.Path == setting.Path));
        return new SuiteProblem(at?.File ?? draft.File, at?.At ?? draft.At, problem with { Path = draft.NameOf(problem.Path) });
    }

    private IEnumerable<string> NotesOn(RunSpec spec, string hash)
    {
        if (!ModelZoo.Find(spec.Architecture.Id)!.IsCausal(spec.Architecture.Options))
        {
            yield return $"{spec.Architecture.Id} sees the future with these options: such runs are marked and take no part in verdicts.";
        }

        var facts = DatasetCatalog.Find(spec.Dataset.Id)!.Describe(spec.Dataset.Options, spec.Shape.ContextLength, SpecValidator.VocabularyOf(spec));
        if (facts is { Chance: { } chance, Floor: { } floor } && floor >= chance)
        {
            yield return $"{spec.Dataset.Id} with these options has its floor at chance: nothing can be learnt.";
        }

        if (_hashes.TryGetValue(hash, out var other))
        {
            yield return $"{spec.Name} is the same specification as {other}: it will give the same numbers.";
        }
    }
}
