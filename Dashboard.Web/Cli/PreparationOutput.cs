using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crossbench.Datasets;
using Spectre.Console;

namespace Crossbench.Web.Cli;

/// <summary>What <c>prepare</c> prints: JSON lines, plain lines, or a progress bar.</summary>
internal abstract class PreparationOutput : IDisposable
{
    /// <summary>The form that fits: JSON when asked for, a bar on a terminal, lines when piped.</summary>
    public static PreparationOutput Create(bool json) =>
        json ? new JsonPreparationOutput(Console.Out, TimeProvider.System)
        : AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new BarPreparationOutput()
        : new PlainPreparationOutput(Console.Out, TimeProvider.System);

    /// <summary>Told how far it is.</summary>
    public abstract void Tell(string what, double share);

    /// <summary>Prints what it came to.</summary>
    public abstract void End(DatasetSetup setup, PreparedData made);

    /// <summary>Takes away what is not to stay on the screen.</summary>
    public virtual void Erase()
    {
    }

    public virtual void Dispose()
    {
    }

    /// <summary>What was made, where, how large: a line each.</summary>
    protected static IEnumerable<string> Summary(DatasetSetup setup, PreparedData made)
    {
        foreach (var note in made.Notes)
        {
            yield return note;
        }

        foreach (var file in made.Files)
        {
            yield return $"{(file.IsNew ? "made" : "found")} {file.Path}, {Format.Bytes(file.Bytes).Replace('\u00a0', ' ')}";
        }

        yield return made.Files.Count == 0 ? $"{setup.Dataset.Id} needs no preparation: it is made as it is read."
            : string.Create(CultureInfo.InvariantCulture, $"{setup.Dataset.Id} is ready: {made.Tokens:N0} tokens in {made.Documents:N0} documents, {made.Elapsed.TotalSeconds:N1} s.");
    }
}

/// <summary>A line when something begins, then one a second.</summary>
internal sealed class PlainPreparationOutput(TextWriter writer, TimeProvider time) : PreparationOutput
{
    private readonly Pace _pace = new(time, TimeSpan.FromSeconds(1));

    public override void Tell(string what, double share)
    {
        if (_pace.IsDue(what))
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {100 * share:N0} %"));
            writer.Flush();
        }
    }

    public override void End(DatasetSetup setup, PreparedData made)
    {
        foreach (var line in Summary(setup, made))
        {
            writer.WriteLine(line);
        }
    }
}

/// <summary>One JSON object a line.</summary>
internal sealed class JsonPreparationOutput(TextWriter writer, TimeProvider time) : PreparationOutput
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Pace _pace = new(time, TimeSpan.FromMilliseconds(200));

    public override void Tell(string what, double share)
    {
        if (_pace.IsDue(what))
        {
            Write(new { @event = "progress", what, share = Math.Round(share, 4) });
        }
    }

    public override void End(DatasetSetup setup, PreparedData made) => Write(new
    {
        @event = "prepared", dataset = setup.Dataset.Id, tokens = made.Tokens, documents = made.Documents, seconds = Math.Round(made.Elapsed.TotalSeconds, 3),
        files = made.Files.Select(file => new { path = file.Path, bytes = file.Bytes, made = file.IsNew }), notes = made.Notes,
    });

    private void Write<T>(T line)
    {
        writer.WriteLine(JsonSerializer.Serialize(line, Json));
        writer.Flush();
    }
}

/// <summary>A progress bar on a terminal.</summary>
internal sealed class BarPreparationOutput : PreparationOutput
{
    private readonly ProgressLine _line = new();

    public override void Tell(string what, double share) => _line.Show(share, string.Create(CultureInfo.InvariantCulture, $"{100 * share,3:N0} %  {what}"));

    public override void End(DatasetSetup setup, PreparedData made)
    {
        _line.End();
        foreach (var line in Summary(setup, made))
        {
            AnsiConsole.WriteLine(line);
        }
    }

    public override void Erase() => _line.End();

    public override void Dispose()
    {
        _line.End();
        base.Dispose();
    }
}
