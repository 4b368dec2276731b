using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web;

/// <summary>Text that people have written, as Markdown. HTML in it is shown as text, links lead to the web or to a mail and nowhere else, images are links.</summary>
internal static class MarkdownText
{
    /// <summary>A page has its own first and second headings.</summary>
    private const int LevelsAbove = 2;

    private const int LowestLevel = 6;
    private static readonly string[] Schemes = [Uri.UriSchemeHttp, Uri.UriSchemeHttps, Uri.UriSchemeMailto];

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).UseAutoLinks().UseSoftlineBreakAsHardlineBreak().Build();

    /// <summary>The text as elements of a page; null where it is nested too deeply to be read.</summary>
    public static MarkupString? Render(string text)
    {
        try
        {
            var document = Markdown.Parse(text, Pipeline);
            foreach (var heading in document.Descendants<HeadingBlock>())
            {
                heading.Level = Math.Min(LowestLevel, heading.Level + LevelsAbove);
            }

            foreach (var link in document.Descendants<LinkInline>().ToArray())
            {
                Tame(link);
            }

            foreach (var link in document.Descendants<AutolinkInline>().ToArray())
            {
                Tame(link, link.IsEmail ? $"mailto:{link.Url}" : link.Url);
            }

            return new MarkupString(document.ToHtml(Pipeline));
        }
        catch (ArgumentException)
        {
            // The library refuses what is nested more than some hundred levels deep.
            return null;
        }
    }

    private static void Tame(LinkInline link)
    {
        var isInLink = link.FindParentOfType<LinkInline>().Any(parent => parent != link);
        link.IsImage = false;
        link.Url = link.GetDynamicUrl?.Invoke() ?? link.Url;
        link.GetDynamicUrl = null;
        if (link.FirstChild is null)
        {
            link.AppendChild(new LiteralInline(link.Url ?? ""));
        }

        if (isInLink)
        {
            // An image in a link: its words lead where the link does.
            link.ReplaceBy(new ContainerInline());
            return;
        }

        Tame(link, link.Url);
    }

    private static void Tame(Inline link, string? address)
    {
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && Schemes.Contains(uri.Scheme))
        {
            link.SetAttributes(new HtmlAttributes { Properties = [new("rel", "noreferrer"), new("target", "_blank")] });
            return;
        }

        // Where nobody is led is still shown, so that nothing of the text is lost.
        var words = (link as LinkInline)?.FirstChild;
        var saysAll = words is LiteralInline { NextSibling: null } only && only.Content.ToString() == address;
        var shown = new ContainerInline();
        link.ReplaceBy(shown);
        shown.AppendChild(new LiteralInline(saysAll ? "" : words is null ? address ?? "" : $" ({address})"));
    }
}
