using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Sequences of <see cref="RuleConflict"/>: examples one behind the other, with a separator between them.</summary>
internal sealed class RuleConflictStream(string id, DatasetFacts facts, RuleConflictOptions options, int contextLength, TokenWords words)
    : GeneratedStream(id, facts, contextLength, words)
{
    protected override void Fill(ref GeneratedRow row, int[] shared, ref RandomSequence random)
    {
        for (var example = 0; example < (options.Examples ?? int.MaxValue); example++)
        {
            // Asked before the length is drawn, and for the longest: a row that ended where a drawn list does not fit would hold too few long ones.
            if (row.Left < RuleConflict.ExampleLength(options.Longest) - (example == 0 ? 1 : 0))
            {
                break;
            }

            if (example > 0)
            {
                row.Add(RuleConflict.Separator, TokenClass.Plain);
            }

            Add(ref row, options.Shortest + random.NextInt32(options.Longest - options.Shortest + 1), ref random);
        }
    }

    private void Add(ref GeneratedRow row, int items, ref RandomSequence random)
    {
        var rule = options.Rules.Items[random.NextInt32(options.Rules.Items.Count)];
        var list = Drawing.Uniform(items, options.Alphabet, ref random, FirstOf(0));
        var cue = RuleConflict.FirstCue + (int)rule;
        if (options.Cue == CuePlace.Before)
        {
            row.Add(cue, TokenClass.Rule);
            row.Add(list, TokenClass.Plain);
        }
        else
        {
            row.Add(list, TokenClass.Plain);
            row.Add(cue, TokenClass.Rule);
        }

        row.Add(RuleConflict.Arrow, TokenClass.Plain);
        row.Add(RuleConflict.Apply(rule, list, options.ShiftBy), TokenClass.Answer);
    }
}
