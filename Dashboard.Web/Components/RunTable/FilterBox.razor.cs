using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Crossbench.Web.Components.RunTable;

/// <summary>Where a filter is typed: suggests fields and values, and says where and why a filter is wrong.</summary>
public sealed partial class FilterBox : ComponentBase
{
    private const int ShownSuggestions = 9;
    private IReadOnlyList<FilterSuggestion> _suggestions = [];
    private readonly List<string> _sent = [];
    private string? _seen;
    private string _text = "";
    private int _caret;
    private int _active = -1;
    private bool _isOpen;
    private int? _mendedCount;

    /// <summary>The filter as it was read last.</summary>
    [Parameter, EditorRequired]
    public FilterReading Reading { get; set; } = null!;

    /// <summary>The filter whose runs are listed: the last one that could be read.</summary>
    [Parameter]
    public string Shown { get; set; } = "";

    /// <summary>Called with each new text.</summary>
    [Parameter]
    public EventCallback<string> OnText { get; set; }

    [Inject]
    private IRunStore Store { get; set; } = null!;

    private bool IsOpen => _isOpen && _suggestions.Count > 0;

    /// <summary>What is typed goes to the address and comes back later, when more may have been typed: only a text that was not sent from here is taken over.</summary>
    protected override void OnParametersSet()
    {
        if (Reading.Text == _seen)
        {
            return;
        }

        _seen = Reading.Text;
        _mendedCount = Reading.Problems is [{ Mended: { } mended }, ..] && FilterReading.Of(mended) is { Problems.Count: 0, Filter: var filter } ? Store.Query(new RunQuery { Filter = filter, Limit = 0 }).Total : null;
        var sent = _sent.IndexOf(_seen);
        if (sent >= 0)
        {
            _sent.RemoveRange(0, sent + 1);
            return;
        }

        _sent.Clear();
        _text = _seen;
    }

    private static string Wrong(FilterProblem problem, string text) => problem.Length == 0 ? " " : text.Substring(problem.At, problem.Length);

    private string Wrong(FilterProblem problem) => Wrong(problem, Reading.Text);

    // Suggestions come before the text is sent: the next key may be there before that is done.
    private Task TypeAsync(string? text)
    {
        _caret = CaretOf(_text, text ?? "");
        _text = text ?? "";
        Suggest();
        return SendAsync(_text);
    }

    private Task SetAsync(string text)
    {
        _text = text;
        Close();
        return SendAsync(text);
    }

    private async Task SendAsync(string text)
    {
        if (text != (_sent.Count > 0 ? _sent[^1] : _seen))
        {
            _sent.Add(text);
        }

        await OnText.InvokeAsync(text);
    }

    private void Suggest()
    {
        _suggestions = FilterSuggestions.Of(_text, _caret, Store.KnownValues, ShownSuggestions);
        (_isOpen, _active) = (true, -1);
    }

    private Task TakeAsync(FilterSuggestion suggestion)
    {
        (_text, _caret) = (suggestion.Text, suggestion.Caret);
        Close();
        if (suggestion.Help.Length > 0)
        {
            Suggest();
        }

        return SendAsync(_text);
    }

    private async Task KeyAsync(KeyboardEventArgs key)
    {
        switch (key.Key)
        {
            case "ArrowDown" or "ArrowUp" when !IsOpen:
                _caret = _text.Length;
                Suggest();
                break;
            case "ArrowDown":
                _active = (_active + 1) % _suggestions.Count;
                break;
            case "ArrowUp":
                _active = (_active <= 0 ? _suggestions.Count : _active) - 1;
                break;
            case "Enter" when IsOpen && _active >= 0:
                await TakeAsync(_suggestions[_active]);
                break;
            case "Enter" or "Escape":
                Close();
                break;
        }
    }

    private void Close() => (_isOpen, _active) = (false, -1);

    /// <summary>Where one types: behind what has changed.</summary>
    private static int CaretOf(string before, string after)
    {
        var same = 0;
        while (same < Math.Min(before.Length, after.Length) && before[^(same + 1)] == after[^(same + 1)])
        {
            same++;
        }

        return after.Length - same;
    }
}
