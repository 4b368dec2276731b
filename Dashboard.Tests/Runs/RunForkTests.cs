using Crossbench.Launching;
using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Models;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>Runs that start from a checkpoint of another run.</summary>
public sealed class RunForkTests : IDisposable
{
    private static readonly (string, string)[] Saved = [("training.checkpointEvery", "4"), ("training.keepLast", "9")];
    private readonly TempFolder _folder = new();
    private readonly SqliteRunStore _store;

    public RunForkTests() => _store = SqliteRunStore.Open(_folder.Data, TimeProvider.System);

    public static TheoryData<string> FirstOfEach => ModelCases.FirstOfEach;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(FirstOfEach))]
    public void AForkThatChangesNothing_RepeatsItsParentsBits(string name)
    {
        var mode = ModelCases.Find(name);
        var spec = TrainingRuns.Spec(("training.checkpointEvery", "5"), ("training.keepLast", "9"), ("training.accumulation", "2"), ("training.diagnosticsEvery", "3"));
        spec = spec with { Architecture = new ArchitectureSpec(mode.Architecture.Id, mode.Options), Shape = mode.Shape with { Vocabulary = 64 } };
        var (parent, before) = Train(spec);
        var (fork, after) = Train(spec with { From = new ForkOrigin(parent.Id.Value, 5) });

        Assert.Equal(5, Assert.Single(after.OfType<Started>()).Step);
        Assert.Equal(Numbers(before, 5), Numbers(after, 5));
        Assert.Contains(after.OfType<Evaluated>(), e => e.Step == 5);
        Assert.Equal(before.OfType<Evaluated>().Where(e => e.Step >= 5).Select(e => (e.Step, e.Loss)), after.OfType<Evaluated>().Select(e => (e.Step, e.Loss)));
        Assert.Equal(before.OfType<Measured>().Last().Tokens, after.OfType<Measured>().Last().Tokens);
        foreach (var file in new[] { "model.safetensors", "optimizer.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Checkpoint.FindLatest(Home(parent))!, file)), File.ReadAllBytes(Path.Combine(Checkpoint.FindLatest(Home(fork))!, file)));
        }
    }

    [Fact]
    public async Task AnotherLearningRate_TakesEffectFromThatStepOn_AndTheForkOutlivesItsParent()
    {
        var (parent, before) = Train(TrainingRuns.Spec(Saved));
        var spec = TrainingRuns.Spec([.. Saved, ("training.learningRate", "0.0005"), ("training.steps", "16"), ("from", parent.Id.Value + "@8")]);
        var fork = RunFork.Create(_store, _folder.Data, spec, RunId.New(TimeProvider.System));
        _store.TryTransition(parent.Id, RunStatus.Queued, RunStatus.Stopped, "");
        Assert.True(await new RunLauncher(_store, _folder.Data).DeleteAsync(parent.Id));
        Assert.False(Directory.Exists(Home(parent)));

        var after = Train(fork);
        Assert.Equal([9L, 10, 11, 12, 13, 14, 15, 16], after.OfType<Measured>().Select(e => e.Step));
        Assert.Equal(TrainingRuns.Losses(before)[8], TrainingRuns.Losses(after)[0]); // the same weights on the same data
        Assert.NotEqual(TrainingRuns.Losses(before)[9], TrainingRuns.Losses(after)[1]);
        Assert.Equal(Enumerable.Range(8, 8).Select(step => LearningRate.At(spec.Training, step)), TrainingRuns.Series(after, TrainingMetrics.LearningRate.Name));
        Assert.Contains(after.OfType<Noted>(), note => note.Text == $"Starts from step 8 of run {parent.Id}.");
        Assert.Equal(16 * 2 * 16, Checkpoint.ReadProgress(Checkpoint.FindLatest(Home(fork))!).Tokens);
    }

    [Fact]
    public void OtherData_AreTrainedOn()
    {
        var (parent, before) = Train(TrainingRuns.Spec(Saved));
        var (_, after) = Train(TrainingRuns.Spec([.. Saved, ("dataset.motifSeed", "99"), ("from", parent.Id.Value + "@8")]));
        Assert.NotEqual(TrainingRuns.Losses(before)[8], TrainingRuns.Losses(after)[0]);
    }

    [Fact]
    public void AForkThatIsPausedAndKilledBeforeItsFirstCheckpoint_BeginsAgainWhereItForked()
    {
        var (parent, before) = Train(TrainingRuns.Spec(Saved));
        var fork = RunFork.Create(_store, _folder.Data, TrainingRuns.Spec([.. Saved, ("from", parent.Id.Value + "@4")]), RunId.New(TimeProvider.System));
        Assert.Throws<InvalidOperationException>(() => Train(fork, (e, _) =>
        {
            if (e is Measured { Step: 6 })
            {
                throw new InvalidOperationException();
            }
        }));
        Assert.Empty(CheckpointFolder.Steps(Home(fork)));
        var after = Train(fork);
        Assert.Equal(TrainingRuns.Losses(before)[4..], TrainingRuns.Losses(after));
    }

    [Fact]
    public async Task AForkThatIsBegunAgain_StartsFromWhereItForked()
    {
        var (parent, before) = Train(TrainingRuns.Spec(Saved));
        var (fork, _) = Train(TrainingRuns.Spec([.. Saved, ("from", parent.Id.Value + "@4")]));
        _store.TryTransition(fork.Id, RunStatus.Queued, RunStatus.Stopped, "");
        Assert.True(await new RunLauncher(_store, _folder.Data).RestartAsync(fork.Id));
        Assert.Empty(CheckpointFolder.Steps(Home(fork)));
        Assert.Equal(TrainingRuns.Losses(before)[4..], TrainingRuns.Losses(Train(fork)));
    }

    [Fact]
    public void WithoutAStep_TheNewestIsMeant_AndTheSpecificationNamesIt()
    {
        var (parent, _) = Train(TrainingRuns.Spec(Saved));
        var spec = TrainingRuns.Spec([.. Saved, ("training.steps", "20"), ("from", parent.Id.Value)]);
        var fork = RunFork.Create(_store, _folder.Data, spec, RunId.New(TimeProvider.System));
        Assert.Equal($"{parent.Id}@12", fork.Spec.From!.ToString());
        var read = _store.Find(fork.Id)!;
        Assert.Equal(fork.Spec.From, read.Spec.From);
        Assert.Equal(RunSpecJson.Hash(spec with { From = new ForkOrigin(parent.Id.Value, 12) }), read.SpecHash);
        Assert.NotEqual(RunSpecJson.Hash(spec with { From = null }), read.SpecHash);
        Assert.Contains(RunSpecJson.Changes(read.Spec), pair => pair.Key == "from" && pair.Value == $"{parent.Id}@12");
        Assert.DoesNotContain("from", RunSpecJson.Write(spec with { From = null }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shape.width=32 shape.heads=4", "embed.weight is [64, 16] there and [64, 32] here")]
    [InlineData("shape.vocabulary=80", "lm_head.bias is [64] there and [80] here")]
    [InlineData("shape.layers=3", "layers.2.norm1.weight is missing there")]
    [InlineData("shape.tiedHead=true", "lm_head.weight is not in this model")]
    public void AnotherShape_IsRefused_WithTheTensorsThatDiffer(string settings, string difference)
    {
        var (parent, _) = Train(TrainingRuns.Spec(Saved));
        var problem = Problem([.. settings.Split(' ').Select(item => item.Split('=')).Select(item => (item[0], item[1])), ("from", parent.Id.Value + "@4")]);
        Assert.Equal("from", problem.Path);
        Assert.Contains(difference, problem.Reason, StringComparison.Ordinal);
        Assert.Single(_store.Query(new RunQuery()).Runs);
        Assert.Single(Directory.GetDirectories(_folder.Data.Checkpoints));
    }

    [Fact]
    public void OtherTrainedTensors_AreRefused_BecauseTheirMomentsAreMissing()
    {
        var spec = TrainingRuns.Spec(("training.steps", "4"), ("architecture.id", "nanohammer"));
        var frozen = (NanohammerOptions)spec.Architecture.Options with { FreezeBase = true };
        var (parent, _) = Train(spec with { Architecture = spec.Architecture with { Options = frozen } });
        var reading = RunFork.Resolve(_store, _folder.Data, spec with { From = new ForkOrigin(parent.Id.Value, 4), Training = spec.Training with { Steps = 9 } });
        Assert.Contains("The optimiser moments of the checkpoint do not fit: embed.weight.mean is missing there", Assert.Single(reading.Problems).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotThere_IsNamed_WithWhatIs()
    {
        var (parent, _) = Train(TrainingRuns.Spec(Saved));
        Assert.Equal("There is no run zzzzzzzzzzzz.", Problem([("from", "zzzzzzzzzzzz@4")]).Reason);
        var missing = Problem([("from", $"{parent.Id}@5")]);
        Assert.Equal(($"Run {parent.Id} has no checkpoint of step 5.", "It has those of steps 4, 8, 12."), (missing.Reason, missing.Remedy));
        var done = Problem([("from", parent.Id.Value)]);
        Assert.Equal(("training.steps", "The run starts from step 12, so 12 steps are done already."), (done.Path, done.Reason));

        File.Delete(Path.Combine(CheckpointFolder.Of(Home(parent), 8), "optimizer.safetensors"));
        var damaged = Problem([("from", $"{parent.Id}@8")]);
        Assert.Equal(($"The checkpoint {parent.Id}@8 is damaged: optimizer.safetensors is missing.", $"{parent.Id}@4"), (damaged.Reason, Assert.Single(damaged.Fixes).Value));
        var empty = _store.Create(TrainingRuns.Spec());
        Assert.Equal($"Run {empty.Id} has no whole checkpoint.", Problem([("from", empty.Id.Value)]).Reason);
    }

    [Fact]
    public void ARun_IsNamedAsEverywhere_ByItsName_OrTheBeginningOfItsId()
    {
        var (parent, _) = Train(TrainingRuns.Spec([.. Saved, ("name", "oak")]));
        foreach (var text in (string[])["oak@4", $"{parent.Id.Value[..11]}@4"])
        {
            var spec = TrainingRuns.Spec([.. Saved, ("from", text)]);
            Assert.Equal($"{parent.Id}@4", RunFork.Create(_store, _folder.Data, spec, RunId.New(TimeProvider.System)).Spec.From!.ToString());
        }

        var other = _store.Create(TrainingRuns.Spec(("name", "oak")));
        Assert.Equal($"oak may be {other.Id} (oak), {parent.Id} (oak).", Problem([("from", "oak@4")]).Reason);
    }

    [Fact]
    public void TheNewestIsDamaged_AndNoOlderOneIsTakenInItsPlace()
    {
        var (parent, _) = Train(TrainingRuns.Spec(Saved));
        var weights = Path.Combine(CheckpointFolder.Of(Home(parent), 12), "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes[^9] ^= 1;
        File.WriteAllBytes(weights, bytes);
        var problem = Problem([("from", parent.Id.Value), ("training.steps", "20")]);
        Assert.StartsWith($"The checkpoint {parent.Id}@12 is damaged", problem.Reason, StringComparison.Ordinal);
        Assert.Equal($"{parent.Id}@8", Assert.Single(problem.Fixes).Value);
    }

    [Fact]
    public async Task AForkWhoseParentIsGone_IsClonedFromItsOwnCopy()
    {
        var (parent, before) = Train(TrainingRuns.Spec(Saved));
        var fork = RunFork.Create(_store, _folder.Data, TrainingRuns.Spec([.. Saved, ("from", parent.Id.Value + "@8")]), RunId.New(TimeProvider.System));
        _store.TryTransition(parent.Id, RunStatus.Queued, RunStatus.Stopped, "");
        var launcher = new RunLauncher(_store, _folder.Data);
        Assert.True(await launcher.DeleteAsync(parent.Id));

        var clone = _store.Find(await launcher.CloneAsync(fork.Id, [new("name", "again")]))!;
        Assert.Equal(fork.Spec.From, clone.Spec.From);
        Assert.Equal(TrainingRuns.Losses(before)[8..], TrainingRuns.Losses(Train(clone)));
        var other = await Assert.ThrowsAsync<SpecException>(() => launcher.CloneAsync(fork.Id, [new("shape.layers", "3")]));
        Assert.Contains("layers.2.norm1.weight is missing there", Assert.Single(other.Problems).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@4")]
    [InlineData("abcdefghijkl@")]
    [InlineData("abcdefghijkl@-4")]
    [InlineData("ab\tkl@4")]
    [InlineData("abcdefghijkl@4@5")]
    public void TextThatNamesNoCheckpoint_IsRefused(string text)
    {
        var problem = Assert.Single(RunSpecReader.Read([new("from", text)]).Problems);
        Assert.Equal(("from", $"\"{text}\" names no checkpoint."), (problem.Path, problem.Reason));
    }

    [Fact]
    public void RowsOfCheckpoints_FollowTheFolder_WhenACrashKeptThatFromBeingTold()
    {
        var id = _store.Create(TrainingRuns.Spec()).Id;
        _store.Append(id, [new CheckpointSaved(4, "four", 1), new CheckpointSaved(8, "eight", 1)]);
        var at = _store.Checkpoints(id)[1].At;
        _store.Append(id, [new CheckpointsFound(12, [new(8, "moved/eight", 2), new(12, "twelve", 3)])]);
        Assert.Equal([(8L, "moved/eight", 2L), (12, "twelve", 3)], _store.Checkpoints(id).Select(row => (row.Step, row.Folder, row.Bytes)));
        Assert.Equal(at, _store.Checkpoints(id)[0].At);
        _store.Append(id, [new CheckpointsFound(12, [])]);
        Assert.Empty(_store.Checkpoints(id));
    }

    private string Home(RunRecord run) => _folder.Data.CheckpointsOf(run.Id.Value);

    private SpecProblem Problem((string, string)[] settings) =>
        Assert.Single(Assert.Throws<SpecException>(() => RunFork.Create(_store, _folder.Data, TrainingRuns.Spec([.. Saved, .. settings]), RunId.New(TimeProvider.System))).Problems);

    private (RunRecord Run, List<TrainingEvent> Events) Train(RunSpec spec)
    {
        var run = RunFork.Create(_store, _folder.Data, spec, RunId.New(TimeProvider.System));
        return (run, Train(run));
    }

    private List<TrainingEvent> Train(RunRecord run, Action<TrainingEvent, TrainingControl>? react = null) =>
        new TrainingRuns(_folder).Train(run.Spec, Path.Combine("checkpoints", run.Id.Value), react).Events;

    private static List<string> Numbers(IEnumerable<TrainingEvent> events, long after) =>
        [.. events.OfType<Measured>().Where(e => e.Step > after).SelectMany(e => e.Points).Where(point => !TrainingMetrics.IsOfMachine(point.Metric)).Select(point => $"{point.Metric} {point.Step} {point.Value:R}")];
}
