using Crossbench.Metrics;
using Crossbench.Suites.Toml;
using Crossbench.Training;

namespace Crossbench.Suites;

/// <summary>
/// Turns a suite file into the runs that it stands for: our own form (defaults, grids, seeds, includes, expectations), or TransBench's, which is known by its
/// tables <c>[[bench]]</c>. Pure: same texts, same plan; nothing is started and no store is looked at.
/// </summary>
public static class SuiteExpander
{
    /// <summary>Runs that one suite may have.</summary>
    public const int MostRuns = 100_000;

    /// <summary>Expands a suite.</summary>
    /// <param name="file">Path of the file, as problems name it; what it includes is found from there.</param>
    /// <param name="content">Its content.</param>
    /// <param name="context">What surrounds it.</param>
    public static SuitePlan Expand(string file, ReadOnlySpan<byte> content, SuiteContext context)
    {
        var expansion = new SuiteExpansion(context);
        expansion.Open(file, content.ToArray());
        return expansion.Plan(file);
    }
}

/// <summary>One expansion: files are read, each once, and give runs in the order of inclusion.</summary>
internal sealed class SuiteExpansion(SuiteContext context)
{
    private const string BenchKey = "bench";
    private readonly List<SuiteProblem> _problems = [];
    private readonly List<(string File, SuiteExpectation Expectation, TextPosition At)> _expectations = [];
    private readonly List<string> _open = [];
    private readonly Dictionary<string, IReadOnlyList<SuiteSetting>> _defaults = [];
    private readonly SuiteRuns _runs = new(context);
    private string? _name;
    private bool _isHalfRead;

    /// <summary>Reads a file and what it includes.</summary>
    /// <returns>Settings that it hands to files which include it.</returns>
    public IReadOnlyList<SuiteSetting> Open(string file, byte[] content)
    {
        var path = Path.GetFullPath(file);
        if (_defaults.TryGetValue(path, out var known))
        {
            return known; // included by several: its runs are there already
        }

        var reading = TomlReader.Read(content, file);
        _problems.AddRange(reading.Problems);
        _isHalfRead |= reading.Problems.Count > 0;
        _open.Add(path);
        var defaults = reading.Root.Find(BenchKey) is not null ? Bench(file, reading.Root) : Own(file, reading.Root);
        _open.Remove(path);
        return _defaults[path] = defaults;
    }

    /// <summary>What was found.</summary>
    public SuitePlan Plan(string file)
    {
        if (_isHalfRead)
        {
            // What could be read stands for other runs than those that were meant: they, and what is wrong with them, would be invented.
            return new SuitePlan(_name ?? Path.GetFileNameWithoutExtension(file), [], [], _problems, []);
        }

        if (_runs.Planned.Count == 0 && _problems.Count == 0)
        {
            _problems.Add(new SuiteProblem(file, new TextPosition(1, 1), new SpecProblem("", "The suite has no runs.", "Add [[run]], or [grid] or seeds; a TransBench suite has [[bench]].")));
        }

        foreach (var (place, expectation, at) in _expectations)
        {
            var patterns = new[] { expectation.Runs, expectation.Below?.Runs, expectation.Above?.Runs }.OfType<string>();
            foreach (var pattern in patterns.Where(pattern => !_runs.Planned.Any(run => SuiteExpectation.IsMatch(pattern, run.Spec.Name))))
            {
                _problems.Add(new SuiteProblem(place, at, new SpecProblem("", $"No run has a name like \"{pattern}\".", "Names are printed by --preview; * stands for anything.")));
            }
        }

        foreach (var (place, expectation, at) in _expectations)
        {
            _problems.AddRange(MetricProblems(expectation).Select(problem => new SuiteProblem(place, at, problem)));
        }

        return new SuitePlan(_name ?? Path.GetFileNameWithoutExtension(file), _runs.Planned, [.. _expectations.Select(item => item.Expectation)], _problems, _runs.Notes());
    }

    /// <summary>A number that no run measures would be missed only when all have ended.</summary>
    private IEnumerable<SpecProblem> MetricProblems(SuiteExpectation expectation)
    {
        var kinds = _runs.Planned
            .Where(run => run.Problems.Count == 0 && new[] { expectation.Runs, expectation.Below?.Runs, expectation.Above?.Runs }.OfType<string>().Any(pattern => SuiteExpectation.IsMatch(pattern, run.Spec.Name)))
            .DistinctBy(run => (run.Spec.Architecture, run.Spec.Shape.Layers, string.Join('\n', run.Spec.Evaluations.Select(item => item.Name))));
        foreach (var run in kinds)
        {
            var names = TrainingMetrics.Of(run.Spec).Where(metric => metric.Form == MetricForm.Scalar).SelectMany(metric => metric.Scope == MetricScope.Model
                ? [metric.Name]
                : Enumerable.Range(0, run.Spec.Shape.Layers).Select(layer => $"layer{layer}.{metric.Name}")).ToArray();
            if (!names.Contains(expectation.Metric))
            {
                var near = NearestWord.To(expectation.Metric, names);
                yield return new SpecProblem("", $"{run.Spec.Name} measures no \"{expectation.Metric}\".", near is null ? $"Give {SuiteExpectation.EvaluationLoss}, or another number that the run records." : $"Did you mean {near}?");
                yield break;
            }
        }
    }

    private IReadOnlyList<SuiteSetting> Bench(string file, TomlTable root)
    {
        var fields = new TomlFields(file, root, _problems);
        var tables = fields.Tables(BenchKey).ToArray();
        if (tables.Length == 0)
        {
            fields.Refuse(fields.PlaceOf(BenchKey), "The list of benchmarks is empty.", "Add a table [[bench]].");
        }

        fields.RefuseRest([BenchKey], "A TransBench suite has tables [[bench]] and nothing else; include it from a suite of the other form to add more.");
        foreach (var (index, table) in tables.Index())
        {
            _runs.Add(TransBench.BenchTable.Read(file, index + 1, table, context));
        }

        return [];
    }

    private List<SuiteSetting> Own(string file, TomlTable root)
    {
        var document = new SuiteDocument(file, root, _problems);
        var isMain = _open.Count == 1;
        _name = isMain ? document.Name : _name;
        var defaults = new List<SuiteSetting>();
        foreach (var (text, at) in document.Includes)
        {
            defaults.AddRange(Include(file, text, at));
        }

        defaults.AddRange(document.Defaults);
        foreach (var entry in document.Entries)
        {
            _runs.Add(document, defaults, entry);
        }

        _expectations.AddRange(document.Expectations.Select(item => (file, item.Expectation, item.At)));
        return defaults;
    }

    private IReadOnlyList<SuiteSetting> Include(string file, string included, TextPosition at)
    {
        var path = Path.Combine(Path.GetDirectoryName(file) ?? "", included);
        if (_open.Contains(Path.GetFullPath(path)))
        {
            _problems.Add(new SuiteProblem(file, at, new SpecProblem("", $"{path} includes this file, directly or through others.", "Take one of the two includes away.")));
            return [];
        }

        try
        {
            return Open(path, context.ReadFile(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _problems.Add(new SuiteProblem(file, at, new SpecProblem("", $"{path} cannot be read: {FileFault.Reason(path, error)}.", "Give the path of a suite file, from the folder of this one.")));
            _isHalfRead = true;
            return [];
        }
    }
}
