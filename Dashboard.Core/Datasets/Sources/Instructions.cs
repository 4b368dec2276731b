using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Imports;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>instructions</c>.</summary>
public sealed record InstructionsOptions : TextualOptions
{
    /// <summary>A .jsonl or .ndjson file, or a folder of them, with an instruction on each line.</summary>
    [Display(Name = "File or folder", Description = "A .jsonl file with an instruction and its answer on each line, or a folder of them.", Order = -1)]
    public string Path { get; init; } = "";

    /// <summary>Field of the instruction.</summary>
    [Display(Name = "Instruction field", Description = "Field of each record that holds the instruction.", Order = -1)]
    public string InstructionField { get; init; } = "instruction";

    /// <summary>Field of the input.</summary>
    [Display(Name = "Input field", Description = "Field that holds the input of the instruction; records may lack it.", Order = -1)]
    public string InputField { get; init; } = "input";

    /// <summary>Field of the answer.</summary>
    [Display(Name = "Answer field", Description = "Field that holds the answer, which alone is scored.", Order = -1)]
    public string AnswerField { get; init; } = "output";

    /// <summary>What to do with records that are broken.</summary>
    [Display(Name = "Broken records", Description = "stop: the first broken record is refused with its line. skip: broken records are left out and counted.", Order = -1)]
    public BadRecords BadRecords { get; init; }

    /// <inheritdoc/>
    public override Packing Packing { get; init; } = Packing.Documents;
}

/// <summary>Instructions with answers; scored is the answer.</summary>
public sealed class Instructions : TextDataset<InstructionsOptions>
{
    private static readonly string[] InstructionNames = ["instruction", "prompt", "question", "query"];
    private static readonly string[] AnswerNames = ["output", "response", "answer", "completion"];

    /// <inheritdoc/>
    public override string Id => "instructions";

    /// <inheritdoc/>
    public override string Title => "Instructions";

    /// <inheritdoc/>
    public override string Summary => "Instructions with answers from a .jsonl file; only the answers are scored.";

    /// <inheritdoc/>
    public override ImportFit? Recognise(ImportSample file)
    {
        var usual = new InstructionsOptions();
        var (task, answer) = (InstructionNames.FirstOrDefault(file.Texts.Contains), AnswerNames.FirstOrDefault(file.Texts.Contains));
        return task is null || answer is null ? null : new ImportFit(
            [
                new("dataset.path", file.Path),
                .. task == usual.InstructionField ? [] : new[] { KeyValuePair.Create("dataset.instructionField", task) },
                .. answer == usual.AnswerField ? [] : new[] { KeyValuePair.Create("dataset.answerField", answer) },
            ],
            IsSpecific: true);
    }

    /// <inheritdoc/>
    protected override InstructionsOptions Anchor(InstructionsOptions options) => base.Anchor(options) with { Path = FilePath.Anchor(options.Path) };

    /// <inheritdoc/>
    private protected override (TextBody? Body, SpecProblem? Problem) BodyOf(InstructionsOptions options) =>
        FileBody.FindRecords(options.Path, new InstructionForm(options.InstructionField, options.InputField, options.AnswerField), options.BadRecords);
}
