using System.Globalization;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary>One architecture for people to read.</summary>
internal static class ArchitectureText
{
    public static void Write(TextWriter writer, RunSpec spec, ModelCost cost)
    {
        var architecture = ModelZoo.Find(spec.Architecture.Id)!;
        writer.WriteLine($"{architecture.Id}: {architecture.Title}");
        writer.WriteLine(architecture.Summary);
        writer.WriteLine(architecture.IsCausal(spec.Architecture.Options) ? "Causal with these options: no output depends on later tokens." : "Sees the future with these options: its losses cannot be compared with those of causal models.");
        if (architecture.SeesTheFutureWith.Count > 0)
        {
            writer.WriteLine($"It sees the future with {string.Join(", ", architecture.SeesTheFutureWith)}.");
        }

        writer.WriteLine();
        Section(writer, "Options", [.. OptionSchema.For(architecture.Defaults.GetType()).Fields.Select(field => Describe(field, spec.Architecture.Options))]);
        Section(writer, "Presets", [.. architecture.Presets.Select(preset => (preset.Id, preset.Title))]);
        Section(writer, Text($"Parameters, {cost.ParameterCount:N0} in all"), [.. cost.Parts.Select(part => (part.Part, Text($"{part.Count:N0}")))]);
        Section(writer, "Cost",
        [
            ("FLOPs per token, forward", Text($"{cost.ForwardFlops:N0}")),
            ("Decoding state at full context", Text($"{cost.StateBytes:N0} bytes a sequence")),
        ]);
        Section(writer, "Diagnostics", [.. architecture.Diagnostics(spec.Architecture.Options).Select(metric => (metric.Name, metric.Help))]);
        Section(writer, "Ablation points", [.. architecture.AblationPoints(spec.Architecture.Options).Select(point => (point.Component, point.Help))]);
    }

    private static (string, string) Describe(OptionField field, object options)
    {
        var range = field.Kind == OptionKind.Flag ? "" : field.Range;
        var value = field.Format(options);
        return ("architecture." + field.Name, $"{(value.Length == 0 ? "(empty)" : value)}{(range.Length == 0 ? "" : $" [{range}]")}  {field.Help}");
    }

    private static void Section(TextWriter writer, string title, (string Name, string Text)[] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

        writer.WriteLine(title);
        var width = rows.Max(row => row.Name.Length);
        foreach (var (name, text) in rows)
        {
            writer.WriteLine($"  {name.PadRight(width)}  {text}");
        }

        writer.WriteLine();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
