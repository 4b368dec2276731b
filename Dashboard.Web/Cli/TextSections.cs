using System.Globalization;
using Crossbench.Options;

namespace Crossbench.Web.Cli;

/// <summary>What commands print for people: headings with rows in two columns.</summary>
internal static class TextSections
{
    /// <summary>A heading with rows below; nothing where there are no rows.</summary>
    public static void Write(TextWriter writer, string title, IReadOnlyList<(string Name, string Text)> rows)
    {
        if (rows.Count == 0)
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

    /// <summary>An option: its path, its value, its range and its help.</summary>
    public static (string Name, string Text) Option(string prefix, OptionField field, object options)
    {
        var range = field.Kind == OptionKind.Flag ? "" : field.Range;
        var value = field.Format(options);
        return ($"{prefix}.{field.Name}", $"{(value.Length == 0 ? "(empty)" : value)}{(range.Length == 0 ? "" : $" [{range}]")}  {field.Help}");
    }

    /// <summary>Text with numbers as every machine writes them.</summary>
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
