using System.Text;
using Crossbench.Suites;

namespace Crossbench.Tests.Suites;

/// <summary>Expands suites from texts, without files.</summary>
internal static class SuiteTexts
{
    /// <summary>Settings of a model that is small enough for any test.</summary>
    public const string Tiny = """
        [defaults]
        dataset.id = "sparse_signal"
        shape = { layers = 1, width = 16, heads = 2, kvHeads = 1, ffn = 24, contextLength = 16, vocabulary = 32 }
        [defaults.training]
        steps = 2
        batchSize = 2
        threads = 1
        evaluateEvery = 0
        evaluationSequences = 2

        """;

    /// <summary>Expands a suite in a folder of texts.</summary>
    /// <param name="text">The suite, <c>suite.toml</c>.</param>
    /// <param name="overrides">Settings of the command line.</param>
    public static SuitePlan Expand(string text, params (string Path, string Text)[] overrides) => ExpandFiles(new() { ["suite.toml"] = text }, overrides);

    /// <summary>Expands <c>suite.toml</c> among files.</summary>
    public static SuitePlan ExpandFiles(Dictionary<string, string> files, params (string Path, string Text)[] overrides) => SuiteExpander.Expand("suite.toml", Encoding.UTF8.GetBytes(files["suite.toml"]), new SuiteContext
    {
        ReadFile = path => Encoding.UTF8.GetBytes(files.GetValueOrDefault(path) ?? throw new FileNotFoundException("There is no such file.")),
        Overrides = [.. overrides.Select(item => new KeyValuePair<string, string>(item.Path, item.Text))],
        DeviceProblem = device => new SpecProblem("training.device", $"{device} is not there.", "Use cpu."),
    });

    public static string[] Names(SuitePlan plan) => [.. plan.Runs.Select(run => run.Spec.Name)];
}
