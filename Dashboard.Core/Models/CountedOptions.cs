using System.Globalization;
using Crossbench.Options;

namespace Crossbench.Models;

/// <summary>Which choices change the number of parameters; found by trying others, so that nobody has to say it.</summary>
public static class CountedOptions
{
    // Layers that are counted: the others have the same options, and hundreds of them would keep a page waiting.
    private const int LayersLookedAt = 16;

    // What is tried of a number beside its neighbours: an option may divide others, or be left empty.
    private static readonly string[] Numbers = ["1", "2", "3", "8", "0.5", "0"];

    /// <summary>Names of the options of an architecture that change the count when each is changed alone.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="options">Its options as they are.</param>
    public static IReadOnlyList<string> Of(Architecture architecture, ModelShape shape, ArchitectureOptions options)
    {
        var schema = OptionSchema.For(options.GetType());
        var usual = CountOf(architecture, shape, options);
        return [.. schema.Fields.Where(field => Others(field, options).Any(value => Changes(schema.With(options, field, value)))).Select(field => field.Name)];

        bool Changes(ArchitectureOptions other) => !architecture.Validate(shape, other).Any() && CountOf(architecture, shape, other) != usual;
    }

    /// <summary>Names of the sizes and choices of a shape that change the count; the vocabulary, which every model has, is not looked at.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static IReadOnlyList<string> OfShape(Architecture architecture, ModelShape shape, ArchitectureOptions options)
    {
        var schema = OptionSchema.For(typeof(ModelShape));
        var usual = CountOf(architecture, shape, options);
        return
        [
            .. schema.Fields.Where(field => field.Kind != OptionKind.Number && !field.IsOptional)
                .Where(field => Others(field, shape).Any(value => CountOf(architecture, schema.With(shape, field, value), options) != usual)).Select(field => field.Name),
        ];
    }

    private static long CountOf(Architecture architecture, ModelShape shape, ArchitectureOptions options) =>
        architecture.Cost(shape with { Layers = Math.Min(shape.Layers, LayersLookedAt) }, 2, options).ParameterCount;

    /// <summary>Other legal values of an option.</summary>
    private static IEnumerable<object?> Others(OptionField field, object record)
    {
        var now = field.Format(record);
        foreach (var text in Candidates(field, now).Where(text => text != now))
        {
            if (field.TryParse(field.Name, text, out var value) is null)
            {
                yield return value;
            }
        }
    }

    private static IEnumerable<string> Candidates(OptionField field, string now) => field.Kind switch
    {
        OptionKind.Choice => field.Choices,
        OptionKind.Flag => ["true", "false"],
        OptionKind.Structured => ModelZoo.All.Select(architecture => architecture.Id),
        OptionKind.Text => [],
        _ => Near(now).Concat(Numbers),
    };

    private static IEnumerable<string> Near(string now) => !double.TryParse(now, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? []
        : new[] { number * 2, number / 2, number + 1 }.Select(near => near.ToString("R", CultureInfo.InvariantCulture));
}
