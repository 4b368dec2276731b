using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>What is offered in place of a filter that matches nothing, over a real store.</summary>
public sealed class NearbyFilterTests : IDisposable
{
    private readonly TestStore _test = new();

    public NearbyFilterTests()
    {
        _test.Queued(("name", "first"), ("tags", "sweep,night shift"), ("training.device", "cpu"));
        _test.Queued(("name", "second"), ("tags", "sweep"), ("seed", "1"));
        _test.Queued(("name", "third"), ("seed", "2"));
    }

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("tag:swep", "tag:sweep")]
    [InlineData("tag:\"nihgt shift\" seed:0", "tag:\"night shift\" seed:0|seed:0")]
    [InlineData("tag:swep seed:1", "tag:sweep seed:1|seed:1")]
    [InlineData("sparse_singal seed:2", "sparse_signal seed:2|seed:2")]
    [InlineData("device:cpo -tag:sweep", "device:cpu -tag:sweep|-tag:sweep")]
    [InlineData("seed:1 tag:sweep third", "seed:1 tag:sweep")]
    [InlineData("first and second", "second|first")]
    [InlineData("first and second or (first third)", "second or (first third)|first or (first third)|first and second or (third)|first and second or (first)")]
    [InlineData("seed:2 (tag:sweep or tag:night)", "seed:2|(tag:sweep or tag:night)")]
    [InlineData("(second third) seed:1", "seed:1|(second) seed:1")]
    [InlineData("arch:mig", "")]
    [InlineData("zzz", "")]
    [InlineData("zzz yyy", "")]
    public void Steps_AreOneAway_CorrectionsFirst_ThenTheNarrowest(string text, string expected)
    {
        var reading = FilterReading.Of(text);
        Assert.Empty(reading.Problems);
        Assert.Equal(0, Count(reading.Filter));

        var offers = NearbyFilter.Of(reading, _test.Store.KnownValues, Count, 4);

        Assert.Equal(expected, string.Join('|', offers.Select(offer => offer.Text)));
        Assert.All(offers, offer => Assert.Equal(Count(FilterReading.Of(offer.Text).OrThrow("q")), offer.Count));
        Assert.DoesNotContain(offers, offer => offer.Count == 0);
    }

    [Fact]
    public void Words_TellTheStep()
    {
        var offers = NearbyFilter.Of(FilterReading.Of("tag:swep -seed:0"), _test.Store.KnownValues, Count, 4);
        Assert.Equal([("sweep in place of swep", 1), ("without tag:swep", 2)], offers.Select(offer => (offer.Step, offer.Count)));
    }

    private int Count(RunFilter? filter) => _test.Store.Query(new RunQuery { Filter = filter, Limit = 0 }).Total;
}
