using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Training;
using static Crossbench.Web.Cli.TextSections;

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
        TextSections.Write(writer, "Equations, in TeX", [.. architecture.Equations.SelectMany(Lines)]);
        TextSections.Write(writer, "Options", [.. OptionSchema.For(architecture.Defaults.GetType()).Fields.Select(field => Option("architecture", field, spec.Architecture.Options))]);
        TextSections.Write(writer, "Presets", [.. architecture.Presets.Select(preset => (preset.Id, preset.Title))]);
        var formula = ParameterFormula.Of(cost.Parameters, spec.Shape);
        TextSections.Write(writer, Invariant($"Parameters, {formula.Count:N0} in all"), [.. formula.Parts.Select(part => (part.Name, Invariant($"{part.Count:N0} = {part.Text}")))]);
        TextSections.Write(writer, "Sizes in it", [.. formula.Symbols.Select(symbol => (symbol.Name, Invariant($"{symbol.Value:N0}  {symbol.Meaning}")))]);
        TextSections.Write(writer, "Cost",
        [
            ("FLOPs per token, forward", Invariant($"{cost.ForwardFlops:N0}")),
            ("Decoding state at full context", Invariant($"{cost.StateBytes:N0} bytes a sequence")),
        ]);
        TextSections.Write(writer, "Diagnostics", [.. architecture.Diagnostics(spec.Architecture.Options).Select(metric => (metric.Name, metric.Help))]);
        TextSections.Write(writer, "Ablation points", [.. architecture.AblationPoints(spec.Architecture.Options).Select(point => (point.Component, point.Help))]);
        TextSections.Write(writer, "What to read", [.. architecture.Readings.Select(reading => (reading.Title, string.Join("  ", new[] { reading.Source, reading.Address }.OfType<string>())))]);
    }

    private static IEnumerable<(string Name, string Text)> Lines(Equation equation) =>
        [(equation.Name, equation.Tex), .. equation.Symbols.Select(symbol => ("", $"{symbol.Tex}  {symbol.Meaning}"))];
}
