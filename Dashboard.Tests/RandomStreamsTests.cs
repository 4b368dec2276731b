using Xunit;

namespace Crossbench.Tests;

public sealed class RandomStreamsTests
{
    /// <summary>The known answers of Random123's Philox4x32-10.</summary>
    [Theory]
    [InlineData(0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void Philox_GivesTheKnownAnswers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
    {
        var (first, second) = RandomSequence.Philox(c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32), k0, k1);
        Assert.Equal(r0 | ((ulong)r1 << 32), first);
        Assert.Equal(r2 | ((ulong)r3 << 32), second);
    }

    [Fact]
    public void Fork_TakesNothing_AndDependsOnNameAndStep()
    {
        var (random, other) = (new RandomStreams(5).Stream("data", 3), new RandomStreams(5).Stream("data", 3));
        var first = random.Fork("a").NextUInt64();
        Assert.Equal(other.NextUInt64(), random.NextUInt64());
        Assert.Equal(first, random.Fork("a").NextUInt64());
        ulong[] all = [first, random.NextUInt64(), random.Fork("b").NextUInt64(), random.Fork("a").Fork("a").NextUInt64(), new RandomStreams(5).Stream("data", 4).Fork("a").NextUInt64(), new RandomStreams(6).Stream("data", 3).Fork("a").NextUInt64()];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Step_CanBeReplayedWithoutItsPredecessors()
    {
        var direct = new RandomStreams(7).Stream(RandomStreams.Data, 1000);
        var streams = new RandomStreams(7);
        for (var step = 0; step < 1000; step++)
        {
            streams.Stream(RandomStreams.Data, step).NextUInt64();
        }

        var after = streams.Stream(RandomStreams.Data, 1000);
        Assert.Equal(Draw(direct, 20), Draw(after, 20));
    }

    [Fact]
    public void Streams_OfOneSeed_AreUnrelated()
    {
        var random = new RandomStreams(1);
        var names = new[] { RandomStreams.Init, RandomStreams.Data, RandomStreams.Dropout, RandomStreams.Noise, RandomStreams.Eval, RandomStreams.Probe };
        var draws = names.SelectMany(name => Enumerable.Range(0, 50).SelectMany(step => Draw(random.Stream(name, step), 20))).ToArray();
        Assert.Equal(draws.Length, draws.Distinct().Count());
    }

    [Fact]
    public void Seeds_NextToEachOther_GiveUnrelatedDraws()
    {
        var bits = Enumerable.Range(0, 1000)
            .Sum(seed => ulong.PopCount(new RandomStreams(seed).Stream(RandomStreams.Data).NextUInt64() ^ new RandomStreams(seed + 1).Stream(RandomStreams.Data).NextUInt64()) is var n ? (long)n : 0);
        Assert.InRange(bits / 1000.0, 31, 33);
    }

    [Fact]
    public void NextInt64_IsUniform()
    {
        var draws = new RandomStreams(3).Stream(RandomStreams.Data);
        var counts = new int[10];
        for (var i = 0; i < 100_000; i++)
        {
            counts[draws.NextInt64(10)]++;
        }

        var chiSquare = counts.Sum(count => (count - 10_000.0) * (count - 10_000.0) / 10_000.0);
        Assert.InRange(chiSquare, 1, 27.9);
    }

    [Fact]
    public void NextNormal_HasMeanZeroAndVarianceOne()
    {
        var draws = new RandomStreams(4).Stream(RandomStreams.Noise);
        var values = new double[100_000];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = draws.NextNormal();
        }

        Assert.InRange(values.Average(), -0.015, 0.015);
        Assert.InRange(values.Average(value => value * value), 0.98, 1.02);
        Assert.InRange(values.Average(value => value * value * value * value), 2.9, 3.1);
    }

    [Fact]
    public void StableHash_IsFnv1A()
    {
        Assert.Equal(0xcbf29ce484222325UL, RandomStreams.StableHash(""));
        Assert.Equal(0xaf63dc4c8601ec8cUL, RandomStreams.StableHash("a"));
        Assert.Equal(0x85944171f73967e8UL, RandomStreams.StableHash("foobar"));
    }

    private static ulong[] Draw(RandomSequence draws, int count)
    {
        var values = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = draws.NextUInt64();
        }

        return values;
    }
}
