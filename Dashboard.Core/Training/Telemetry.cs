using Crossbench.Metrics;

namespace Crossbench.Training;

/// <summary>
/// What a run takes of the machine, sampled at logged steps, at most once a second and at the last one. A sample reads two small files of the system, about a
/// tenth of a millisecond.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private const double Mebibyte = 1 << 20;

    /// <summary>Shares over less time than this are those of the clock's ticks.</summary>
    private const double ShortestShare = 0.2;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IMachineSource _source;
    private readonly TimeProvider _time;
    private readonly BusyMachine _busy;
    private readonly GpuProbe? _gpu;
    private readonly bool _peakIsOurs;
    private readonly long? _formerPeak;
    private MachineReading _last;
    private long _sampledAt;
    private long _sharedAt;
    private long _largest;
    private bool _isMarked;
    private bool _hasSampled;

    /// <summary>Begins to measure: what came before belongs to others.</summary>
    public Telemetry(TrainingOptions options, IMachineSource source, TimeProvider time)
    {
        (_source, _time) = (source, time);
        _busy = new BusyMachine(source.Cores, options.ThreadCount);
        _peakIsOurs = source.ResetPeak();
        _last = source.Read();
        _formerPeak = _last.PeakBytes;
        _sampledAt = _sharedAt = time.GetTimestamp();
        _busy.Look(_last);
        _gpu = ComputeDevice.CudaIndex(options.Device) is var index and >= 0 ? new GpuProbe(index, time) : null;
    }

    /// <summary>A sample, if one is due; what it makes known of a busy machine, once.</summary>
    /// <param name="step">Optimiser steps done.</param>
    /// <param name="isLast">Whether no other follows.</param>
    public (IReadOnlyList<MetricPoint> Points, Noted? Busy) Sample(long step, bool isLast)
    {
        if (_hasSampled && !isLast && _time.GetElapsedTime(_sampledAt) < Interval)
        {
            return ([], null);
        }

        (_hasSampled, _sampledAt) = (true, _time.GetTimestamp());
        var now = _source.Read();
        var points = new List<MetricPoint>();
        AddShares(points, step, now);
        AddMemory(points, step, now);
        AddGpu(points, step);
        return (points, Busy(step, now));
    }

    /// <inheritdoc/>
    public void Dispose() => _gpu?.Dispose();

    private void AddShares(List<MetricPoint> points, long step, MachineReading now)
    {
        var seconds = _time.GetElapsedTime(_sharedAt).TotalSeconds;
        if (seconds < ShortestShare)
        {
            return;
        }

        points.Add(new MetricPoint(TrainingMetrics.WorkerCpu.Name, step, Share(now.OwnSeconds - _last.OwnSeconds, seconds * _source.Cores)));
        if (now.BusySeconds - _last.BusySeconds is { } busy && now.TotalSeconds - _last.TotalSeconds is > 0 and { } total)
        {
            points.Add(new MetricPoint(TrainingMetrics.MachineCpu.Name, step, Share(busy, total)));
        }

        (_last, _sharedAt) = (now, _sampledAt);
    }

    private void AddMemory(List<MetricPoint> points, long step, MachineReading now)
    {
        // A peak from before the run is not its own: then the largest sample stands for it.
        _largest = Math.Max(_largest, now.ResidentBytes);
        if (now.PeakBytes is { } peak && (_peakIsOurs || peak > _formerPeak))
        {
            _largest = Math.Max(_largest, peak);
        }

        points.Add(new MetricPoint(TrainingMetrics.ResidentMemory.Name, step, now.ResidentBytes / Mebibyte));
        points.Add(new MetricPoint(TrainingMetrics.PeakMemory.Name, step, _largest / Mebibyte));
        if (TrainingBackend.BlockBytes is { } blocks)
        {
            points.Add(new MetricPoint(TrainingMetrics.NativeMemory.Name, step, blocks / Mebibyte));
        }
    }

    private void AddGpu(List<MetricPoint> points, long step)
    {
        if (_gpu?.Take() is { } gpu)
        {
            points.AddRange(new[] { (TrainingMetrics.GpuUse, gpu.Use), (TrainingMetrics.GpuMemory, gpu.Memory), (TrainingMetrics.GpuPower, gpu.Power) }
                .Where(item => item.Item2 is not null).Select(item => new MetricPoint(item.Item1.Name, step, item.Item2!.Value)));
        }
    }

    private Noted? Busy(long step, MachineReading now)
    {
        if (_isMarked || _busy.Look(now) is not { } text)
        {
            return null;
        }

        _isMarked = true;
        return new Noted(step, text, IsWarning: true) { MarksBusyMachine = true };
    }

    private static double Share(double part, double whole) => Math.Clamp(part / whole, 0, 1);
}
