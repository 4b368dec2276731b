using System.CommandLine;
using Crossbench.Runs;
using static Crossbench.Web.Cli.TextSections;

namespace Crossbench.Web.Cli;

/// <summary><c>runs edit</c>: name and notes of a run.</summary>
internal static class RunsEditCommand
{
    private static readonly Argument<string> Id = RunNames.One();
    private static readonly Option<string?> Name = new("--name") { Description = "Its new name.", HelpName = "NAME" };
    private static readonly Option<string?> Notes = new("--notes") { Description = "Its new notes; \\n begins a line.", HelpName = "TEXT" };
    private static readonly Option<string?> Tags = new("--tags") { Description = "All its tags, with commas between.", HelpName = "TAGS" };
    private static readonly Option<long?> Edition = new("--edition") { Description = "The edition that you saw (runs show --json); refused when somebody edited the run since.", HelpName = "N" };
    private static readonly Option<bool> Json = RunActions.JsonOption();

    public static Command Create()
    {
        var command = new Command("edit", "Changes name, notes or tags; no number changes. Example: runs edit 00t3 --name baseline --notes \"first try\".") { Id, Name, Notes, Tags, Edition, Json };
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (name, notes, tags) = (parsed.GetValue(Name), parsed.GetValue(Notes), parsed.GetValue(Tags));
        if (name is null && notes is null && tags is null)
        {
            return CommandLine.Refuse([new SpecProblem("", "Nothing is to be changed.", "Give --name, --notes or --tags.")]);
        }

        using var store = StoreAccess.ToWrite(parsed);
        var run = RunNames.Find(store, parsed.GetValue(Id)!);
        var labels = new RunLabels(
            name ?? run.Spec.Name,
            tags?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? run.Spec.Tags,
            notes?.Replace("\\n", "\n", StringComparison.Ordinal) ?? run.Spec.Notes);
        var edit = store.Edit(run.Id, parsed.GetValue(Edition) ?? run.Edition, labels);
        var message = edit switch
        {
            { IsDone: true } => "changed.",
            { Now: { } now } => Invariant($"Somebody edited it meanwhile (edition {now.Edition}): name {now.Spec.Name}; tags {string.Join(", ", now.Spec.Tags)}; notes {now.Spec.Notes}. Look at it, then give --edition {now.Edition}."),
            _ => "It was deleted meanwhile.",
        };
        return RunActions.Print([new RunAction(edit.Now ?? run, edit.IsDone, message)], store, parsed.GetValue(Json));
    }
}
