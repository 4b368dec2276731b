namespace Crossbench.Training;

/// <summary>Counts tokens and the time of the steps that took them; evaluation and saving are outside.</summary>
internal sealed class Throughput(TimeProvider time)
{
    private long _began;
    private double _sinceMeasured;
    private long _tokensSinceMeasured;

    /// <summary>Tokens trained on.</summary>
    public long Tokens { get; private set; }

    /// <summary>Time in training steps, seconds.</summary>
    public double Elapsed { get; private set; }

    public void Restore(double elapsed, long tokens) => (Elapsed, Tokens) = (elapsed, tokens);

    public void StepBegins() => _began = time.GetTimestamp();

    public void StepEnds(long tokens)
    {
        var seconds = time.GetElapsedTime(_began).TotalSeconds;
        Elapsed += seconds;
        _sinceMeasured += seconds;
        Tokens += tokens;
        _tokensSinceMeasured += tokens;
    }

    /// <summary>Tokens per second since the last call.</summary>
    public double TakeTokensPerSecond()
    {
        var rate = _sinceMeasured > 0 ? _tokensSinceMeasured / _sinceMeasured : 0;
        (_sinceMeasured, _tokensSinceMeasured) = (0, 0);
        return rate;
    }
}
