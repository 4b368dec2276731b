using Crossbench.Training;

namespace Crossbench.Reports.TransBench;

/// <summary>
/// What training steps took, from the series of elapsed training time: its differences are the steps' times where each step was logged; where only every
/// n-th was, the mean is known and percentiles are not. Warm-up is left out, as TransBench leaves it out.
/// </summary>
/// <param name="Mean">Mean, milliseconds.</param>
/// <param name="Median">Median, milliseconds.</param>
/// <param name="Percentile95">95th percentile, milliseconds.</param>
internal sealed record StepTimes(double? Mean, double? Median, double? Percentile95)
{
    /// <summary>Times of the steps after warm-up.</summary>
    public static StepTimes Of(RunResult result)
    {
        var (elapsed, warmup) = (result.SeriesOf(TrainingMetrics.Elapsed.Name), result.Spec.Training.WarmupSteps);
        var first = Array.FindIndex(elapsed.Steps, step => step > warmup);
        if (first < 0)
        {
            return new StepTimes(null, null, null);
        }

        // Training begins at step 0 and time 0; else the last logged step of the warm-up is where the timed ones begin.
        var (step, seconds) = first > 0 ? (elapsed.Steps[first - 1], elapsed.Values[first - 1]) : warmup == 0 ? (0, 0) : (elapsed.Steps[0], elapsed.Values[0]);
        var times = new List<double>();
        var steps = 0L;
        var isEach = true;
        for (var i = first; i < elapsed.Count; i++)
        {
            isEach &= elapsed.Steps[i] - step == 1;
            if (elapsed.Steps[i] > step)
            {
                steps += elapsed.Steps[i] - step;
                times.Add(1000 * (elapsed.Values[i] - seconds));
            }

            (step, seconds) = (elapsed.Steps[i], elapsed.Values[i]);
        }

        return steps == 0 ? new StepTimes(null, null, null)
            : new StepTimes(times.Sum() / steps, isEach ? StepValues.Percentile(times, 0.5) : null, isEach ? StepValues.Percentile(times, 0.95) : null);
    }
}
