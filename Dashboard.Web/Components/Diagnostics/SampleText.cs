using Crossbench.Datasets;
using Crossbench.Training;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>The tokens of the sequence that strips belong to, each as text that can be seen.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="Problem">Why they are ids and not text, where that went wrong.</param>
public sealed record SampleText(IReadOnlyList<string> Tokens, string? Problem)
{
    /// <summary>Nothing has been measured.</summary>
    public static SampleText None { get; } = new([], null);

    /// <summary>The token at a position.</summary>
    public string At(int position) => position < Tokens.Count ? Tokens[position] : Format.Unknown;

    /// <summary>Tokens of a run.</summary>
    /// <param name="spec">Its settings, which name the dataset.</param>
    /// <param name="folder">Where prepared data are kept.</param>
    /// <param name="ids">The stored ids.</param>
    internal static SampleText Of(RunSpec spec, DataFolder folder, float[] ids)
    {
        var tokens = Array.ConvertAll(ids, id => (int)id);
        try
        {
            return new([.. DatasetCatalog.Find(spec.Dataset.Id)!.TextsOf(folder, spec.Dataset.Options, tokens).Select(VisibleText.Of)], null);
        }
        catch (SpecException fault)
        {
            return new([.. tokens.Select(id => Format.Count(id))], string.Join(' ', fault.Problems.Select(problem => problem.Reason + " " + problem.Remedy)));
        }
    }
}
