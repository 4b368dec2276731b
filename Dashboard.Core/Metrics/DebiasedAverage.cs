namespace Crossbench.Metrics;

/// <summary>
/// Exponential moving average without the pull towards zero at the start: m_t = w·m_(t−1) + (1 − w)·y_t, shown as m_t / (1 − w^t), as Adam corrects its
/// moments (Kingma and Ba, 2015). Values that are not finite are passed on and leave the average as it is.
/// </summary>
/// <param name="weight">Weight w of the past, 0 to below 1; 0 smooths nothing.</param>
public sealed class DebiasedAverage(double weight)
{
    private double _mean;
    private double _bias = 1;

    /// <summary>The average of the values so far; not a number before the first.</summary>
    public double Value => _mean / (1 - _bias);

    /// <summary>The average after one more value.</summary>
    public double Next(double value)
    {
        Add(value);
        return double.IsFinite(value) ? Value : double.NaN;
    }

    /// <summary>Takes one more value.</summary>
    public void Add(double value)
    {
        if (double.IsFinite(value))
        {
            _mean = (weight * _mean) + ((1 - weight) * value);

            // Soon the start weighs nothing; numbers so small that a processor slows down are passed over.
            _bias = _bias < 1e-30 ? 0 : _bias * weight;
        }
    }
}
