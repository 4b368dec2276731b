using Crossbench.Runs;
using Crossbench.Web.Components.Controls;

namespace Crossbench.Web.Components.RunTable;

/// <summary>A line of the table: a run, or the head of a group.</summary>
/// <param name="Row">The run, or null.</param>
/// <param name="Group">The group, or null.</param>
/// <param name="IsClosed">Whether the group's runs are hidden.</param>
public sealed record RunLine(RunRow? Row, RunGroup? Group, bool IsClosed);

/// <summary>Places of group heads among the runs of a grouped list.</summary>
/// <param name="groups">The groups in order; none for a list without groups.</param>
/// <param name="closed">Keys of the closed ones.</param>
public sealed class RunLines(IReadOnlyList<RunGroup> groups, IReadOnlySet<string> closed)
{
    /// <summary>Heads in all.</summary>
    public int Heads => groups.Count;

    /// <summary>Some of the lines.</summary>
    /// <param name="start">The first, from 0.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="read">Reads runs of the open groups: from, count.</param>
    public IReadOnlyList<RunLine> Read(int start, int count, Func<int, int, IReadOnlyList<RunRow>> read)
    {
        if (groups.Count == 0)
        {
            return [.. read(start, count).Select(row => new RunLine(row, null, false))];
        }

        // What stands at each line: a head, or the number of a run among the open ones.
        var places = new List<(RunGroup? Head, int Run)>(count);
        var (line, run) = (0, 0);
        foreach (var group in groups)
        {
            var inside = closed.Contains(group.Key) ? 0 : group.Count;
            if (line >= start && places.Count < count)
            {
                places.Add((group, run));
            }

            var first = Math.Max(0, start - line - 1);
            for (var i = first; i < inside && places.Count < count; i++)
            {
                places.Add((null, run + i));
            }

            line += 1 + inside;
            run += inside;
            if (places.Count >= count)
            {
                break;
            }
        }

        var wanted = places.Where(place => place.Head is null).Select(place => place.Run).ToArray();
        var rows = wanted.Length == 0 ? [] : read(wanted[0], wanted.Length);

        // Runs may have come or gone since the groups were counted; what is not there now is left out until the next reading.
        return
        [
            .. places.Where(place => place.Head is not null || place.Run - wanted[0] < rows.Count)
                .Select(place => place.Head is { } head ? new RunLine(null, head, closed.Contains(head.Key)) : new RunLine(rows[place.Run - wanted[0]], null, false)),
        ];
    }
}
