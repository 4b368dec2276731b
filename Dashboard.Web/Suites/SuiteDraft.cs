using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Suites;
using Crossbench.Training;
using Microsoft.AspNetCore.WebUtilities;

namespace Crossbench.Web.Suites;

/// <summary>What the editor of suites opens on.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="Text">Its text, lines ended by \n alone.</param>
/// <param name="Opened">What the file held when it was opened to be changed; null for a new one.</param>
/// <param name="Sentence">What there is to say of it; may be empty.</param>
internal sealed record SuiteDraft(string Name, string Text, string? Opened, string Sentence)
{
    /// <summary>An example to begin with: it runs as it is, in a minute.</summary>
    private static readonly SuiteDraft Example = new("", $$"""
        # Two architectures, three seeds each.
        name = "my suite"
        seeds = [0, 1, 2]

        [defaults]
        dataset = "{{DatasetCatalog.All[0].Id}}"
        training = { steps = 200, threads = 1 }

        [grid]
        architecture.id = ["{{ModelZoo.All[0].Id}}", "{{ModelZoo.All[1].Id}}"]

        """.ReplaceLineEndings("\n"), null, "");

    /// <summary>What an address asks for: a file, a suite of the store, the specification of a form, else an example.</summary>
    /// <param name="query">The query of the address.</param>
    /// <param name="folder">The files.</param>
    /// <param name="suites">The store.</param>
    /// <exception cref="SpecException">A file cannot be read.</exception>
    public static SuiteDraft Of(string query, SuiteFolder folder, ISuiteStore suites)
    {
        var parts = QueryHelpers.ParseQuery(query);
        string Part(string key) => parts.GetValueOrDefault(key).ToString();
        return Part("file") is { Length: > 0 } file ? OfFile(folder, file)
            : Part("suite") is { Length: > 0 } suite ? OfSuite(folder, suites, suite)
            : Part("spec").Length > 0 ? OfSpec([.. parts.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToString()))], Part("field"), Part("values"), Part("seeds"))
            : Example;
    }

    private static SuiteDraft OfFile(SuiteFolder folder, string name)
    {
        if (folder.Find(name) is not { } file)
        {
            return Example with { Sentence = $"There is no suite file {name}: this is an example." };
        }

        var text = SuiteFolder.Read(file);
        return new SuiteDraft(file.Name, text.ReplaceLineEndings("\n"), file.IsShipped ? null : text, file.IsShipped ? "It comes along with Crossbench and stays as it is: changed, it takes a name of its own." : "");
    }

    private static SuiteDraft OfSuite(SuiteFolder folder, ISuiteStore suites, string id)
    {
        if (suites.FindSuiteById(id) is not { } suite)
        {
            return Example with { Sentence = $"There is no suite {id}: this is an example." };
        }

        var name = Path.GetFileNameWithoutExtension(suite.File);
        return suite.File == folder.PathOf(name)
            ? new SuiteDraft(name, suite.Source.ReplaceLineEndings("\n"), suite.Source, "Launching goes on with the same suite: its runs are kept, and only what is missing is queued.")
            : new SuiteDraft(name, suite.Source.ReplaceLineEndings("\n"), null, $"{suite.File} stays as it is. Launching makes a suite of its own; completed runs can be reused.");
    }

    private static SuiteDraft OfSpec(IReadOnlyList<KeyValuePair<string, string>> parts, string field, string values, string seeds)
    {
        string[] own = ["spec", "field", "values", "seeds", "like"];
        var reading = RunSpecReader.Read([.. parts.Where(pair => !own.Contains(pair.Key))]);
        var list = values.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var read = SuiteWriter.ReadSeeds(seeds);
        var text = SuiteWriter.Write(reading.Spec, field.Length > 0 && list.Length > 0 ? field : null, list, read ?? [reading.Spec.Seed]);
        string[] sentences =
        [
            "Made from the form of a new run.",
            .. reading.Spec.From is { } from ? [$"Its checkpoint ({from.Run}{(from.Step is { } step ? $"@{step}" : "")}) is left out: runs of a suite begin from scratch. Start the fork by itself."] : Array.Empty<string>(),
            .. seeds.Length > 0 && read is null ? [$"\"{seeds}\" are no seeds: {reading.Spec.Seed} stands in their place."] : Array.Empty<string>(),
            .. reading.Problems.Select(problem => $"Look at {problem}"),
        ];
        return new SuiteDraft("", text, null, string.Join(' ', sentences));
    }
}
