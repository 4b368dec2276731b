using Crossbench.Models;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Support;

/// <summary>Options that a run may not have.</summary>
internal static class RefusedOptions
{
    /// <summary>Asserts that an option of an architecture is refused, at a tiny shape: one problem, under the path, whose remedies mend it.</summary>
    public static void AssertMended(Architecture architecture, string option, string value, string path)
    {
        List<KeyValuePair<string, string>> shape = [new("architecture.id", architecture.Id), new("shape.width", "16"), new("shape.heads", "4"), new("shape.kvHeads", "2")];
        var reading = RunSpecReader.Read([.. shape, new($"architecture.{option}", value)]);
        var problem = Assert.Single(SpecValidator.Validate(reading.Spec).Concat(reading.Problems).DistinctBy(item => item.Path));
        Assert.Equal(path, problem.Path);
        Assert.All(problem.Fixes, fix => Assert.Empty(RunSpecReader.Read([.. shape, new(fix.Path, fix.Value)]).Problems));
    }

    /// <summary>Asserts that an option of an architecture is refused: one problem, under the option's own path.</summary>
    public static void AssertRefused(Architecture architecture, string option, string value) => Assert.Equal(
        $"architecture.{option}", Assert.Single(RunSpecReader.Read([new("architecture.id", architecture.Id), new($"architecture.{option}", value)]).Problems).Path);
}
