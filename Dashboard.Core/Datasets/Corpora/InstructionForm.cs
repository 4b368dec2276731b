using System.Text;
using System.Text.Json;

namespace Crossbench.Datasets.Corpora;

/// <summary>The document is an instruction, an input where there is one, and an answer, which alone is scored; written as Stanford Alpaca does.</summary>
/// <param name="instruction">Field of the instruction.</param>
/// <param name="input">Field of the input, which may be missing or empty.</param>
/// <param name="answer">Field of the answer.</param>
internal sealed class InstructionForm(string instruction, string input, string answer) : RecordForm
{
    public override string Key => $"instruction:{instruction}:{input}:{answer}";

    public override void Write(JsonElement record, IDocumentSink sink)
    {
        var (task, reply) = (TextOf(record, instruction, "dataset.instructionField"), TextOf(record, answer, "dataset.answerField"));
        var given = record.TryGetProperty(input, out var value) && value.ValueKind != JsonValueKind.Null ? Checked(input, value) : "";
        if (reply.Length == 0)
        {
            throw new BadRecordException($"has an empty answer in \"{answer}\"");
        }

        var prompt = given.Length > 0 ? $"### Instruction:\n{task}\n\n### Input:\n{given}\n\n### Response:\n" : $"### Instruction:\n{task}\n\n### Response:\n";
        sink.Text(Encoding.UTF8.GetBytes(prompt), counted: false);
        sink.Text(Encoding.UTF8.GetBytes(reply));
        sink.EndDocument();
    }
}
