namespace Crossbench.Bench;

/// <summary>A way to encode a text and its speeds over the rounds.</summary>
/// <param name="name">What it is called.</param>
/// <param name="time">Encodes, and decodes if it can; megabytes a second.</param>
internal sealed class TokenizerRow(string name, Func<(double Encode, double? Decode)> time)
{
    private readonly List<(double Encode, double? Decode)> _rates = [];

    public string Name => name;

    public double Encode => Median(_rates.Select(rate => rate.Encode));

    public double? Decode => _rates.Any(rate => rate.Decode is null) ? null : Median(_rates.Select(rate => rate.Decode!.Value));

    /// <summary>Runs it once. The first round only warms up.</summary>
    public void Measure(bool warm)
    {
        var rate = time();
        if (warm)
        {
            _rates.Add(rate);
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
