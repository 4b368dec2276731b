namespace Crossbench.Datasets.Generated;

/// <summary>Draws that generators share.</summary>
internal static class Drawing
{
    /// <summary>Independent uniform integers in [<paramref name="start"/>, <paramref name="start"/> + <paramref name="bound"/>).</summary>
    public static int[] Uniform(int count, int bound, ref RandomSequence random, int start = 0)
    {
        var drawn = new int[count];
        for (var i = 0; i < count; i++)
        {
            drawn[i] = start + random.NextInt32(bound);
        }

        return drawn;
    }

    /// <summary>Different integers in [0, <paramref name="bound"/>), every selection and order equally likely: the head of a shuffle that keeps only what it moved.</summary>
    public static int[] Distinct(int count, int bound, ref RandomSequence random)
    {
        var moved = new Dictionary<int, int>();
        var drawn = new int[count];
        for (var i = 0; i < count; i++)
        {
            var at = i + random.NextInt32(bound - i);
            drawn[i] = moved.GetValueOrDefault(at, at);
            moved[at] = moved.GetValueOrDefault(i, i);
        }

        return drawn;
    }

    /// <summary>
    /// Different integers in [0, <paramref name="bound"/>), one after the other with probabilities proportional to the weights of those left: the smallest of
    /// exponential draws divided by the weights.
    /// </summary>
    public static int[] Weighted(int count, int bound, Func<int, double> weight, ref RandomSequence random)
    {
        var times = new double[bound];
        for (var i = 0; i < bound; i++)
        {
            times[i] = -Math.Log(1 - random.NextDouble()) / weight(i);
        }

        var order = Enumerable.Range(0, bound).ToArray();
        Array.Sort(times, order);
        return order[..count];
    }

    /// <summary>Starts of blocks that do not overlap, ascending, every arrangement equally likely.</summary>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="width">Length of each.</param>
    /// <param name="space">Length of the space that holds them.</param>
    /// <param name="random">The draws.</param>
    public static int[] Blocks(int blocks, int width, int space, ref RandomSequence random)
    {
        // Each block shrunk to one place: any selection of places is an arrangement.
        var starts = Distinct(blocks, space - (blocks * (width - 1)), ref random);
        Array.Sort(starts);
        for (var i = 0; i < blocks; i++)
        {
            starts[i] += i * (width - 1);
        }

        return starts;
    }
}
