using Crossbench.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class RunRecorderTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task TheFirstEvent_IsWrittenAtOnce_LaterOnesTogetherAfterTheInterval()
    {
        var id = _test.Running();
        using var recorder = new RunRecorder(_test.Store, id, _test.Clock);
        recorder.OnEvent(TestStore.Point(1, 1));
        await _test.Clock.WhenTimersWait();
        Assert.Equal([1], Steps(id));

        recorder.OnEvent(TestStore.Point(2, 2));
        recorder.OnEvent(TestStore.Point(3, 3));
        _test.Clock.Advance(RunRecorder.FlushInterval - TimeSpan.FromMilliseconds(1));
        Assert.Equal([1], Steps(id));

        _test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await _test.Clock.WhenTimersWait();
        Assert.Equal([1, 2, 3], Steps(id));
    }

    [Fact]
    public async Task ManyEvents_DoNotWaitForTheInterval()
    {
        var id = _test.Running();
        using var recorder = new RunRecorder(_test.Store, id, _test.Clock);
        recorder.OnEvent(TestStore.Point(0, 0));
        await _test.Clock.WhenTimersWait();

        for (var step = 1; step <= 10_000; step++)
        {
            recorder.OnEvent(TestStore.Point(step, step));
        }

        using var other = _test.Reopen();
        Assert.True(SpinWait.SpinUntil(() => Steps(id).Length > 8000, TimeSpan.FromSeconds(30)), "The clock stands still, so only the size of the batch can have written it.");
    }

    [Fact]
    public async Task AFlush_WaitsUntilAllBeforeItIsInTheStore_AndNoLonger()
    {
        var id = _test.Running();
        using var recorder = new RunRecorder(_test.Store, id, _test.Clock);
        recorder.OnEvent(TestStore.Point(1, 1));
        await _test.Clock.WhenTimersWait();
        recorder.OnEvent(TestStore.Point(2, 2));
        recorder.OnEvent(TestStore.Point(3, 3));

        // The clock stands still: only the flush itself can have hurried the writer.
        await Task.Run(recorder.Flush, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], Steps(id));
        recorder.OnEvent(TestStore.Point(4, 4));
        recorder.Complete();
        Assert.Equal([1, 2, 3, 4], Steps(id));
    }

    [Fact]
    public async Task AFlush_OfWhatCannotBeWritten_Throws_AndSoDoesEveryLaterOne()
    {
        var id = _test.Running();
        using var recorder = new RunRecorder(_test.Store, id, TimeProvider.System);
        _test.Store.LimitPages(70);
        recorder.OnEvent(new Measured(1, 1, [.. Enumerable.Range(1, 20_000).Select(step => new Crossbench.Metrics.MetricPoint("m", step, step))]));

        for (var i = 0; i < 2; i++)
        {
            var flush = Task.Run(recorder.Flush, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.True((await Assert.ThrowsAsync<RunStoreException>(() => flush)).IsDiskFull);
        }
    }

    [Fact]
    public void Complete_WritesEverything()
    {
        var id = _test.Running();
        using var recorder = new RunRecorder(_test.Store, id, _test.Clock);
        for (var step = 1; step <= 5000; step++)
        {
            recorder.OnEvent(TestStore.Point(step, step));
        }

        recorder.Complete();

        Assert.Equal(5000, Steps(id).Length);
    }

    [Fact]
    public void Dispose_WritesEverything_AndCanBeRepeated()
    {
        var id = _test.Running();
        var recorder = new RunRecorder(_test.Store, id, _test.Clock);
        recorder.OnEvent(TestStore.Point(1, 1));
        recorder.Complete();
        recorder.Dispose();

        Assert.Equal([1], Steps(id));
    }

    [Fact]
    public void AStoreThatCannotWrite_EndsTheTraining_WithTheReason()
    {
        var id = _test.Running();
        _test.Store.LimitPages(60);
        using var recorder = new RunRecorder(_test.Store, id, _test.Clock);

        var error = Assert.Throws<RunStoreException>(() =>
        {
            for (var step = 1; step <= 20_000; step++)
            {
                recorder.OnEvent(TestStore.Point(step, step, $"metric{step % 9}"));
            }

            recorder.Complete();
        });

        Assert.Contains("is full", error.Message, StringComparison.Ordinal);
        Assert.Throws<RunStoreException>(() => recorder.OnEvent(TestStore.Point(1, 1)));
        Assert.Throws<RunStoreException>(recorder.Complete);
    }

    [Fact]
    public void Events_FromTheTrainingThread_KeepTheirOrder()
    {
        var id = _test.Running();
        using (var recorder = new RunRecorder(_test.Store, id, TimeProvider.System))
        {
            for (var step = 1; step <= 3000; step++)
            {
                recorder.OnEvent(TestStore.Point(step, step));
                recorder.OnEvent(new Noted(step, $"line {step}"));
            }
        }

        Assert.Equal(Enumerable.Range(1, 3000).Select(step => $"line {step}"), _test.Store.ReadLog(id, 0).Skip(2).Select(line => line.Text));
        Assert.Equal(3000, _test.Store.Find(id)!.Step);
    }

    private long[] Steps(RunId id) => _test.Store.ReadSeries(id, "train.loss", -1).Steps;
}
