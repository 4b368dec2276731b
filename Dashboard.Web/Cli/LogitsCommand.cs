using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary><c>logits</c>: what a model says after each token, to compare with other implementations.</summary>
internal static class LogitsCommand
{
    private static readonly SpecOptions Specification = new(withRun: false);
    private static readonly Option<string?> Weights = new("--weights") { Description = "A safetensors file with all weights; else the seed's initial weights.", HelpName = "FILE" };
    private static readonly Option<string?> Save = new("--save") { Description = "Writes the weights that were used.", HelpName = "FILE" };
    private static readonly Option<string[]> Tokens = new("--tokens") { Description = "Token ids with commas between them. May be repeated.", HelpName = "1,2,3", Required = true };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object per --tokens: {\"logits\":[[…],…]}, a row for each position." };

    public static Command Create()
    {
        var command = new Command("logits", "Prints the logits of every position, in evaluation mode.") { Tokens, Weights, Save, Json };
        Specification.AddTo(command);
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var reading = Specification.ReadModel(parsed);
        var vocabulary = SpecValidator.VocabularyOf(reading.Spec);
        var problems = new List<SpecProblem>([.. reading.Problems, .. reading.Problems.Count > 0 ? [] : SpecValidator.Memory(reading.Spec, 1)]);
        var sequences = (parsed.GetValue(Tokens) ?? []).Select(text => Ids(text, vocabulary, problems)).ToArray();
        if (problems.Count == 0)
        {
            // Some architectures know a limited number of positions.
            var longest = Math.Max(reading.Spec.Shape.ContextLength, sequences.Max(sequence => sequence.Length));
            problems.AddRange(SpecValidator.ValidateModel(reading.Spec with { Shape = reading.Spec.Shape with { ContextLength = longest } }));
        }

        if (problems.Count > 0)
        {
            return CommandLine.Refuse(problems);
        }

        TrainingBackend.Ensure();
        foreach (var logits in LogitProbe.Run(reading.Spec, sequences, parsed.GetValue(Weights), parsed.GetValue(Save)))
        {
            if (parsed.GetValue(Json))
            {
                if (Array.FindIndex(logits, row => !row.All(float.IsFinite)) is var position and >= 0)
                {
                    Console.Error.WriteLine($"The logits of position {position} are not all finite, which JSON cannot say. Look at the weights, or leave out --json to see the numbers.");
                    return ExitCode.Fault;
                }

                Console.Out.WriteLine(JsonSerializer.Serialize(new { logits }));
                continue;
            }

            foreach (var row in logits)
            {
                Console.Out.WriteLine(string.Join(' ', row.Select(value => value.ToString("G9", CultureInfo.InvariantCulture))));
            }

            Console.Out.WriteLine();
        }

        return ExitCode.Completed;
    }

    private static int[] Ids(string text, int vocabulary, List<SpecProblem> problems)
    {
        var ids = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= vocabulary)
            {
                problems.Add(new SpecProblem("--tokens", $"\"{part}\" is no token id.", $"Give whole numbers from 0 to {vocabulary - 1} with commas between them, or set shape.vocabulary."));
                continue;
            }

            ids.Add(id);
        }

        return [.. ids];
    }
}
