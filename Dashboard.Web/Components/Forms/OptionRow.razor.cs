using System.Globalization;
using Crossbench.Options;
using Crossbench.Training;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Forms;

/// <summary>
/// One option of a form: label, control, range and help, and what is wrong with it. The text goes up as it was typed; it is read and checked there.
/// </summary>
public sealed partial class OptionRow : ComponentBase
{
    /// <summary>The option.</summary>
    [Parameter, EditorRequired]
    public SpecField Option { get; set; } = null!;

    /// <summary>Its text now.</summary>
    [Parameter]
    public string Text { get; set; } = "";

    /// <summary>What it stands for when it is empty.</summary>
    [Parameter]
    public string? Placeholder { get; set; }

    /// <summary>Whether it differs from the default.</summary>
    [Parameter]
    public bool IsChanged { get; set; }

    /// <summary>What is wrong with it.</summary>
    [Parameter]
    public IReadOnlyList<SpecProblem> Problems { get; set; } = [];

    /// <summary>Called with each text, as it is typed.</summary>
    [Parameter]
    public EventCallback<string> OnText { get; set; }

    /// <summary>Called once a text has been typed.</summary>
    [Parameter]
    public EventCallback OnSettled { get; set; }

    /// <summary>Called when a remedy is taken.</summary>
    [Parameter]
    public EventCallback<SpecFix> OnFix { get; set; }

    private OptionField Field => Option.Field;

    private string Id => IdOf(Option.Path);

    private string? Bad => Problems.Count > 0 ? "bad" : null;

    private string? Invalid => Problems.Count > 0 ? "true" : null;

    private string DescribedBy => Problems.Count > 0 ? $"{Id}-help {Id}-problem" : $"{Id}-help";

    private string InputMode => Field.Kind switch
    {
        OptionKind.Integer => "numeric",
        OptionKind.Number => "decimal",
        _ => "text",
    };

    private string HelpText
    {
        get
        {
            var range = Field.Kind is OptionKind.Flag or OptionKind.Choice ? "" : Field.Range;
            var usual = Option.Default.Length == 0 ? "" : Field.Kind == OptionKind.Flag ? $"default {(Option.Default == "true" ? "yes" : "no")}" : $"default {Shown(Option.Default)}";
            var facts = string.Join(", ", new[] { range, usual }.Where(part => part.Length > 0));
            var sentence = facts.Length == 0 ? "" : char.ToUpperInvariant(facts[0]) + facts[1..] + ". ";
            return sentence + Field.Help;
        }
    }

    /// <summary>Id of the control of an option, to focus it by.</summary>
    internal static string IdOf(string path) => "option-" + path.Replace('.', '-');

    private string Shown(string text) => Field.Kind is OptionKind.Integer or OptionKind.Number && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? Format.Typed(number)
        : text;

    private Task TypeAsync(string? text) => OnText.InvokeAsync(text ?? "");

    private Task SettleAsync() => OnSettled.InvokeAsync();

    private async Task ChooseAsync(ChangeEventArgs change)
    {
        await OnText.InvokeAsync((string?)change.Value ?? "");
        await OnSettled.InvokeAsync();
    }

    private async Task FlagAsync(ChangeEventArgs change)
    {
        await OnText.InvokeAsync(true.Equals(change.Value) ? "true" : "false");
        await OnSettled.InvokeAsync();
    }
}
