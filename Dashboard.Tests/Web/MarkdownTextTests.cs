using AngleSharp.Dom;
using Bunit;
using Crossbench.Web.Components.Controls;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>What people have written, as it stands on a page.</summary>
public sealed class MarkdownTextTests : BunitContext
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("a <b>bold</b> word")]
    [InlineData("<!-- gone -->")]
    [InlineData("<a href=\"javascript:alert(1)\">here</a>")]
    [InlineData("<div>\n\n**x**")]
    public void Html_IsShownAsText(string text)
    {
        var shown = Show(text);
        Assert.Empty(shown.QuerySelectorAll("script, img, b, a, div"));
        Assert.Equal(text.Replace("\n\n**x**", "x", StringComparison.Ordinal), shown.TextContent.Replace("\n", "", StringComparison.Ordinal).Trim());
    }

    [Theory]
    [InlineData("[here](https://example.org/a?b=1)", "https://example.org/a?b=1", "here")]
    [InlineData("[here](http://example.org)", "http://example.org", "here")]
    [InlineData("see https://example.org/x", "https://example.org/x", "https://example.org/x")]
    [InlineData("<https://example.org>", "https://example.org", "https://example.org")]
    [InlineData("<who@example.org>", "mailto:who@example.org", "who@example.org")]
    [InlineData("[w](mailto:who@example.org)", "mailto:who@example.org", "w")]
    [InlineData("[a][1]\n\n[1]: https://example.org/r", "https://example.org/r", "a")]
    [InlineData("![curve](https://example.org/c.png)", "https://example.org/c.png", "curve")]
    [InlineData("[![curve](https://example.org/c.png)](https://example.org)", "https://example.org", "curve")]
    public void Links_LeadToTheWebOrToAMail_AndImagesAreLinks(string text, string address, string words)
    {
        var link = Assert.Single(Show(text).QuerySelectorAll("a"));
        Assert.Equal((address, words, "noreferrer", "_blank"), (link.GetAttribute("href"), link.TextContent, link.GetAttribute("rel"), link.GetAttribute("target")));
        Assert.Empty(Show(text).QuerySelectorAll("img"));
    }

    [Theory]
    [InlineData("[here](javascript:alert(1))", "here (javascript:alert(1))")]
    [InlineData("[here](JaVaScRiPt:alert(1))", "here (JaVaScRiPt:alert(1))")]
    [InlineData("<javascript:alert(1)>", "javascript:alert(1)")]
    [InlineData("[*here*](data:text/html,x)", "here (data:text/html,x)")]
    [InlineData("[here](/runs)", "here (/runs)")]
    [InlineData("[here](//example.org)", "here (//example.org)")]
    [InlineData("![x](file:///etc/passwd)", "x (file:///etc/passwd)")]
    [InlineData("[a][1]\n\n[1]: vbscript:x", "a (vbscript:x)")]
    public void OtherLinks_AreShownAndLeadNowhere(string text, string shown)
    {
        var page = Show(text);
        Assert.Empty(page.QuerySelectorAll("a, img"));
        Assert.Equal(shown, page.TextContent.Trim());
    }

    [Fact]
    public void Headings_StandBelowThoseOfThePage_AndTheRestIsMarkdown()
    {
        var page = Show("# One\n###### Six\n\n- a\n- **b** and `c`\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\nfirst\nsecond\n\n~~gone~~");
        Assert.Equal(["One", "Six"], new[] { "h3", "h6" }.Select(level => page.QuerySelector(level)!.TextContent));
        Assert.Equal(["a", "b and c"], page.QuerySelectorAll("li").Select(item => item.TextContent));
        Assert.Equal(["1", "2"], page.QuerySelectorAll("td").Select(cell => cell.TextContent));
        Assert.Equal(("b", "c", "gone"), (page.QuerySelector("strong")!.TextContent, page.QuerySelector("code")!.TextContent, page.QuerySelector("del")!.TextContent));
        Assert.NotNull(page.QuerySelector("br"));
    }

    [Fact]
    public void WhatIsNestedTooDeeply_StandsAsItWasTyped()
    {
        var text = new string('>', 5000) + " deep";
        var page = Show(text);
        Assert.Contains("nested too deeply", page.TextContent, StringComparison.Ordinal);
        Assert.Equal(text, page.QuerySelector(".plain")!.TextContent);
    }

    private IElement Show(string text) => Render<Prose>(parameters => parameters.Add(prose => prose.Text, text)).Find(".prose");
}
