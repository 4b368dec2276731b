using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>What further seeds of some runs are.</summary>
public sealed class FurtherSeedsTests
{
    [Fact]
    public void EverySpecification_GetsTheSameSeeds_WhichNoneHas()
    {
        RunRecord[] runs = [Run("plain-s0", 0), Run("plain-s1", 1), Run("fast", 7, ("training.learningRate", "0.003")), Run("s1", 1, ("architecture.id", "mig"))];
        var plan = FurtherSeeds.Of(runs, 2);
        Assert.Equal([8L, 9], plan.Seeds);
        Assert.Equal(["plain-s8", "fast-s8", "s8", "plain-s9", "fast-s9", "s9"], plan.Specs.Select(spec => spec.Name));
        Assert.Empty(plan.Refused);
        foreach (var spec in plan.Specs)
        {
            var like = runs.First(run => RunSpecJson.Family(run.Spec) == RunSpecJson.Family(spec));
            Assert.Equal(RunSpecJson.Hash(like.Spec with { Seed = spec.Seed }), RunSpecJson.Hash(spec));
        }

        Assert.Equal(6, plan.Specs.Select(RunSpecJson.Hash).Distinct().Count());
    }

    [Fact]
    public void NotesStayWithTheirRun_AndTagsGoAlong()
    {
        var run = Run("plain", 3);
        var spec = Assert.Single(FurtherSeeds.Of([run with { Spec = run.Spec with { Notes = "odd", Tags = ["sweep"] } }], 1).Specs);
        Assert.Equal(("plain-s4", "", "sweep"), (spec.Name, spec.Notes, Assert.Single(spec.Tags)));
    }

    [Fact]
    public void WhatCannotBeQueued_IsNamedWithItsReason()
    {
        var broken = Run("broken", 0);
        RunRecord[] runs =
        [
            Run("here", 0, ("training.steps", "77")),
            Run("elsewhere", 0) with { Source = "report.json" },
            Run("fork", 0, ("training.steps", "78")) is var fork ? fork with { Spec = fork.Spec with { From = new ForkOrigin("abc", 10) } } : null!,
            broken with { Spec = broken.Spec with { Shape = broken.Spec.Shape with { Heads = 7 } } },
        ];
        var plan = FurtherSeeds.Of(runs, 1);
        Assert.Equal("here-s1", Assert.Single(plan.Specs).Name);
        Assert.Equal(["elsewhere", "fork", "broken"], plan.Refused.Select(refused => refused.Name));
        Assert.Equal(["It was trained elsewhere", "It starts from a checkpoint of abc", "shape.heads"], plan.Refused.Select(refused => refused.Reason.Split(':')[0]));
    }

    [Fact]
    public void ImportedRun_DoesNotKeepItsTwinFromBeingQueued()
    {
        var plan = FurtherSeeds.Of([Run("plain-s0", 0) with { Source = "report.json" }, Run("plain-s1", 1)], 1);
        Assert.Equal("plain-s2", Assert.Single(plan.Specs).Name);
        Assert.Empty(plan.Refused);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void Count_HasLimits(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => FurtherSeeds.Of([Run("plain", 0)], count));

    private static RunRecord Run(string name, long seed, params (string Path, string Value)[] settings) => TestStore.Spec(settings) with { Name = name, Seed = seed } is var spec
        ? new RunRecord { Id = RunId.New(TimeProvider.System), Spec = spec, SpecHash = RunSpecJson.Hash(spec), Status = RunStatus.Completed, CreatedAt = DateTimeOffset.UnixEpoch }
        : null!;
}
