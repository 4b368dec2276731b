using System.Text;

namespace Crossbench.Reports.Export;

/// <summary>Text in HTML.</summary>
internal static class Html
{
    /// <summary>Text for an element or a quoted attribute: it shows itself, whatever it holds.</summary>
    public static string Text(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            escaped.Append(letter switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '"' => "&quot;",
                '\'' => "&#39;",
                < ' ' and not ('\n' or '\t') => " ",
                _ => letter.ToString(),
            });
        }

        return escaped.ToString();
    }
}
