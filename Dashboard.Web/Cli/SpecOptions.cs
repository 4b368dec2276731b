using System.CommandLine;
using Crossbench.Models;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary>The options that commands share which take a specification, or part of one.</summary>
internal sealed class SpecOptions
{
    private const int ByteVocabulary = 256;
    private const string ArchitectureId = "architecture.id";
    private const string AllArchitectures = "all";
    private readonly Option<string[]> _set = new("--set") { Description = "Sets any field of the specification: shape.heads=8. May be repeated.", HelpName = "PATH=VALUE", DefaultValueFactory = _ => [] };
    private readonly (Option<string?> Option, string Path)[] _named;

    /// <summary>The options: all of them for a command that trains, else those of a model.</summary>
    public SpecOptions(bool withRun, bool withArchitecture = true, bool withAll = false)
    {
        (Option<string?> Option, string Path, bool IsShown)[] all =
        [
            (new("--architecture") { Description = withAll ? "Same as --set architecture.id=ID; all: one run of each." : "Same as --set architecture.id=ID.", HelpName = "ID" }, ArchitectureId, withArchitecture),
            (new("--dataset") { Description = "Same as --set dataset.id=ID.", HelpName = "ID" }, "dataset.id", withRun),
            (new("--preset") { Description = "A published size or mode of the architecture; --set goes over it.", HelpName = "ID" }, RunSpecFields.PresetPath, true),
            (new("--seed") { Description = "Seed of all random streams.", HelpName = "N" }, "seed", withArchitecture),
            (new("--name") { Description = "Name of the run.", HelpName = "NAME" }, "name", withRun),
        ];
        _named = [.. all.Where(item => item.IsShown).Select(item => (item.Option, item.Path))];
    }

    private SpecOptions((Option<string?> Option, string Path)[] named) => _named = named;

    /// <summary>The options of a command about data alone.</summary>
    /// <param name="withId">Whether an option names the dataset.</param>
    public static SpecOptions OfData(bool withId) =>
        new(withId ? [(new("--dataset") { Description = "The dataset.", HelpName = "ID", Required = true }, "dataset.id")] : []);

    /// <summary>The options of a command about many runs: settings that go over those of each.</summary>
    public static SpecOptions OfSuite() => new([]);

    public void AddTo(Command command)
    {
        foreach (var (option, _) in _named)
        {
            command.Options.Add(option);
        }

        command.Options.Add(_set);
    }

    /// <summary>The specification of a run, with all problems.</summary>
    public SpecReading Read(ParseResult parsed)
    {
        var (settings, problems) = Settings(parsed);
        var reading = RunSpecReader.Read(settings);
        return reading with { Problems = [.. problems, .. reading.Problems] };
    }

    /// <summary>The settings alone.</summary>
    /// <exception cref="SpecException">One has no value.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> Overrides(ParseResult parsed)
    {
        var (settings, problems) = Settings(parsed);
        return problems.Count == 0 ? settings : throw new SpecException(problems);
    }

    /// <summary>The specification of a run for each architecture, with its problems, where the architecture is <c>all</c>; else null.</summary>
    public IReadOnlyList<SpecReading>? ReadEach(ParseResult parsed)
    {
        var (settings, problems) = Settings(parsed);
        return settings.LastOrDefault(pair => pair.Key == ArchitectureId).Value != AllArchitectures ? null
            : [.. ModelZoo.All.Select(architecture => RunSpecReader.Read([.. settings, new(ArchitectureId, architecture.Id)])).Select(reading => reading with { Problems = [.. problems, .. reading.Problems] })];
    }

    /// <summary>The specification of a model, with all problems; the vocabulary is that of bytes unless set.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="architecture">The architecture, where the command line names it in another way.</param>
    public SpecReading ReadModel(ParseResult parsed, string? architecture = null)
    {
        var (settings, problems) = Settings(parsed);
        if (architecture is not null)
        {
            settings.Add(new("architecture.id", architecture));
        }

        var reading = RunSpecReader.ReadModel(settings, ByteVocabulary);
        return reading with { Problems = [.. problems, .. reading.Problems] };
    }

    /// <summary>The specification of data, with all problems.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="dataset">The dataset, where the command line names it in another way.</param>
    public (SpecReading Reading, bool HasSettings) ReadData(ParseResult parsed, string? dataset = null)
    {
        var (settings, problems) = Settings(parsed);
        var hasSettings = settings.Count + problems.Count > 0;
        if (dataset is not null)
        {
            settings.Add(new("dataset.id", dataset));
        }

        var reading = RunSpecReader.ReadData(settings);
        return (reading with { Problems = [.. problems, .. reading.Problems] }, hasSettings);
    }

    /// <summary>The settings as they were typed, not yet looked at.</summary>
    public (List<KeyValuePair<string, string>> Settings, List<SpecProblem> Problems) ReadSettings(ParseResult parsed) => Settings(parsed);

    private (List<KeyValuePair<string, string>> Settings, List<SpecProblem> Problems) Settings(ParseResult parsed)
    {
        var settings = new List<KeyValuePair<string, string>>();
        var problems = new List<SpecProblem>();
        foreach (var (option, path) in _named)
        {
            if (parsed.GetValue(option) is { } value)
            {
                settings.Add(new(path, value));
            }
        }

        foreach (var pair in parsed.GetValue(_set) ?? [])
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
            {
                problems.Add(new SpecProblem("--set", $"\"{pair}\" has no value.", "Write PATH=VALUE, as in shape.heads=8."));
                continue;
            }

            settings.Add(new(pair[..split], pair[(split + 1)..]));
        }

        return (settings, problems);
    }
}
