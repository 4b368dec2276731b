using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Suites;
using Crossbench.Web.Forms;
using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;
using Radzen;

namespace Crossbench.Web.Components.Pages;

/// <summary>The editor of suites: a text, what it stands for beside it after each pause of typing, and Launch. The browser keeps what was typed.</summary>
public sealed partial class SuiteEditor : ComponentBase, IDisposable
{
    private const int ShownProblems = 50;
    private const string TextId = "suite-text";
    private const string NameId = "suite-name";
    private const string NotKept = "This browser keeps nothing of what is typed here: save it before you leave the page.";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    // Not bound: the browser's text is the newer one while somebody types, and drawing again must not take letters away.
    private string _initial = "";
    private string _text = "";
    private string _name = "";
    private SuiteDraft _draft = new("", "", null, "");
    private string _sentence = "";
    private string? _query;
    private IReadOnlyList<SuiteFile> _files = [];
    private IReadOnlyList<SuiteProblem> _problems = [];
    private SuiteLook? _look;
    private int _round;
    private int _version;
    private bool _isLooking;
    private bool _isRestored;
    private bool _isLaunching;
    private bool _isGone;
    private bool _reuse = true;

    [Inject]
    private SuiteFolder Folder { get; set; } = null!;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private ISuiteStore SuiteStore { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private TypedText Typed => new(Script, $"./{Assets["js/page.js"]}");

    private int Count => _look is { Plan: var plan } && _problems.Count == 0 ? plan.Runs.Count : 0;

    private int Lines => _text.Count(c => c == '\n') + 1;

    private HashSet<int> BadLines => [.. _problems.Where(IsHere).Select(problem => problem.At.Line)];

    private string? Reason => _problems.Count > 0 ? "Problems keep this from starting" : _look is null ? "It is being looked at" : null;

    private string EffectiveName => _name.Trim() is { Length: > 0 } typed ? typed : SafeName(_look?.Plan.Name ?? "suite");

    /// <inheritdoc/>
    public void Dispose() => _isGone = true;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var query = new Uri(Addresses.Uri).Query;
        if (query == _query)
        {
            return;
        }

        var isFirst = _query is null;
        _query = query;
        _files = Folder.List();
        try
        {
            Take(SuiteDraft.Of(query, Folder, SuiteStore));
        }
        catch (SpecException error)
        {
            Take(new SuiteDraft("", "", null, error.Message));
        }

        if (!isFirst)
        {
            await RestoreAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await RestoreAsync();
        }
    }

    private static string SafeName(string name) => new string([.. name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]).Trim('-', '.') is { Length: > 0 } safe ? safe : "suite";

    private static string TimeOf(SuiteLook look) => look.Plan.Runs.Count == 0 ? "Its runs stand here once the problems are solved."
        : look.Total is not { } total ? "None of them can run."
        : look.IsRough ? $"Roughly {Format.Duration(total)} on one worker, by operations, until such runs have ended on this machine."
        : $"About {Format.Duration(total)} on one worker, by finished runs of the same kind.";

    private static ICollection<(PlannedRun Run, double? Seconds)> Rows(SuiteLook look) => [.. look.Plan.Runs.Zip(look.Seconds)];

    private bool IsHere(SuiteProblem problem) => problem.File == _look?.File;

    private void Take(SuiteDraft draft)
    {
        _draft = draft;
        (_initial, _text, _name, _sentence, _look, _problems, _isRestored) = (draft.Text, draft.Text, draft.Name, draft.Sentence, null, [], false);
        _round++;
        _version++;
    }

    private Task Type(ChangeEventArgs change)
    {
        _text = ((string?)change.Value ?? "").ReplaceLineEndings("\n");
        return PreviewSoon();
    }

    private Task PreviewSoon() => PreviewAsync(Pause);

    /// <summary>Looks at the text when nothing was typed for a while, off the circuit's thread; the last text wins.</summary>
    private async Task PreviewAsync(TimeSpan wait)
    {
        var mine = ++_version;
        await Task.Delay(wait, Time);
        if (mine != _version || _isLooking || _isGone)
        {
            return;
        }

        _isLooking = true;
        try
        {
            (_look, _problems) = await LookAsync();
        }
        finally
        {
            _isLooking = false;
        }

        if (!_isGone)
        {
            await RememberAsync();
            StateHasChanged();
        }
    }

    /// <summary>What the newest text stands for; a store or a file that cannot be read is a problem until the next look.</summary>
    private async Task<(SuiteLook? Look, IReadOnlyList<SuiteProblem> Problems)> LookAsync()
    {
        while (true)
        {
            var (mine, name, text) = (_version, EffectiveName, _text);
            try
            {
                var look = await Task.Run(() => SuiteLook.Of(Folder, Store, name, text));
                if (mine == _version || _isGone)
                {
                    return (look, look.Plan.Problems);
                }
            }
            catch (Exception fault) when (fault is RunStoreException or IOException or UnauthorizedAccessException)
            {
                if (mine == _version || _isGone)
                {
                    return (null, [Unseen(fault)]);
                }
            }
        }
    }

    private static SuiteProblem Unseen(Exception fault) =>
        new("", default, new SpecProblem("", $"It cannot be looked at now: {fault.Message.TrimEnd('.')}.", "Type on to have it looked at again; the text stays."));

    private string Key => $"crossbench.suite{_query}";

    private async Task RememberAsync()
    {
        try
        {
            await (_text == _draft.Text ? Script.InvokeVoidAsync("localStorage.removeItem", Key) : Script.InvokeVoidAsync("localStorage.setItem", Key, $"{_name}\n{_text}"));
        }
        catch (JSException)
        {
            // Full, or forbidden by the browser's settings.
            _sentence = NotKept;
        }
        catch (Exception gone) when (gone is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone; it has what was typed before, and when it comes back to this circuit the text is here.
        }
    }

    /// <summary>What was typed here before the page was left, or the connection lost for good; the browser has the last letters, which never came to a server.</summary>
    private async Task RestoreAsync()
    {
        var last = await Typed.TakeAsync();
        var kept = await KeptAsync();
        var cut = kept?.IndexOf('\n', StringComparison.Ordinal) ?? -1;
        var (name, text) = cut >= 0 ? (kept![..cut], kept[(cut + 1)..]) : (_name, _draft.Text);
        (name, text) = (last.GetValueOrDefault(NameId, name), last.GetValueOrDefault(TextId, text).ReplaceLineEndings("\n"));
        if (text != _draft.Text)
        {
            (_name, _text, _initial, _isRestored, _sentence) = (name, text, text, true, "Your changes from before are back.");
            _round++;
        }

        StateHasChanged();
        await PreviewAsync(TimeSpan.Zero);
    }

    private async Task<string?> KeptAsync()
    {
        try
        {
            return await Script.InvokeAsync<string?>("localStorage.getItem", Key);
        }
        catch (JSException)
        {
            _sentence = NotKept;
            return null;
        }
    }

    private async Task ForgetAsync()
    {
        Take(_draft);
        await Typed.ForgetAsync();
        await PreviewAsync(TimeSpan.Zero);
    }

    private void OpenFile(ChangeEventArgs change)
    {
        if (change.Value is string { Length: > 0 } name)
        {
            Addresses.NavigateTo(Urls.NewSuiteOf(name));
        }
    }

    private async Task UploadAsync(InputFileChangeEventArgs change)
    {
        if (change.File.Size > SuiteFolder.MostBytes)
        {
            Notifications.Notify(NotificationSeverity.Error, "The file was not taken", $"{change.File.Name} has {Format.Bytes(change.File.Size)}; a suite file has at most {Format.Bytes(SuiteFolder.MostBytes)}.");
            return;
        }

        using var reader = new StreamReader(change.File.OpenReadStream(SuiteFolder.MostBytes));
        Take(new SuiteDraft(SafeName(Path.GetFileNameWithoutExtension(change.File.Name)), (await reader.ReadToEndAsync()).ReplaceLineEndings("\n"), null, $"From {change.File.Name}; it is kept here once it is saved or launched."));
        await Typed.ForgetAsync();
        await PreviewAsync(TimeSpan.Zero);
    }

    private async Task PlaceAsync(TextPosition at)
    {
        await using var module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/page.js"]}");
        await module.InvokeVoidAsync("place", TextId, SuiteLook.OffsetOf(_text, at));
    }

    private Task SaveAsync() => WriteAsync((name, text) =>
    {
        Folder.Save(name, text, OpenedAs(name));
        return null;
    });

    private async Task LaunchAsync()
    {
        if (_problems is [var first, ..] && first.At.Line > 0 && IsHere(first))
        {
            await PlaceAsync(first.At);
            return;
        }

        await WriteAsync((name, text) =>
        {
            var plan = Folder.Expand(name, text);
            if (plan.Problems.Count > 0)
            {
                throw new SpecException([.. plan.Problems.Select(problem => problem.Problem)]);
            }

            var path = Folder.Save(name, text, OpenedAs(name));
            return new SuiteLauncher(Store, SuiteStore).Start(plan, new SuiteText(plan.Name, path, text, plan.IsTransBench), _reuse).Suite;
        });
    }

    private string? OpenedAs(string name) => name == _draft.Name ? _draft.Opened : null;

    /// <summary>Keeps the file, and goes to the suite when one was made of it. Whatever goes wrong, the text stays.</summary>
    private async Task WriteAsync(Func<string, string, SuiteRecord?> write)
    {
        if (_isLaunching)
        {
            return;
        }

        _isLaunching = true;
        try
        {
            var (name, text) = (EffectiveName, _draft.Opened is { } opened && _text == _draft.Text ? opened : _text);
            var suite = await Task.Run(() => write(name, text));
            await Typed.ForgetAsync();
            _draft = _draft with { Name = name, Text = _text, Opened = text };
            await RememberAsync();
            (_name, _isRestored, _sentence, _files) = (name, false, suite is null ? $"Kept as {name}." : "", Folder.List());
            if (suite is not null)
            {
                Addresses.NavigateTo(Urls.Suite(suite.Id));
            }
        }
        catch (SpecException error)
        {
            _problems = [.. error.Problems.Select(problem => new SuiteProblem("", default, problem))];
        }
        catch (RunStoreException error)
        {
            Notifications.Notify(NotificationSeverity.Error, "The suite was not queued", error.Message);
        }
        finally
        {
            _isLaunching = false;
        }
    }
}
