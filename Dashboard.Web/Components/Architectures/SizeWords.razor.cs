using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Architectures;

/// <summary>Words in which sizes occur, as <c>d_h</c>.</summary>
public sealed partial class SizeWords : ComponentBase
{
    /// <summary>The words.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>Words and sizes in turn, words first.</summary>
    private string[] Parts => Size().Split(Text);

    [GeneratedRegex(@"(\b[A-Za-z]{1,2}_[A-Za-z]{1,3}\b)")]
    private static partial Regex Size();
}
