using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

[Collection(nameof(ProcessWide))]
public sealed class RandomTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Generator_WithTheSameSeed_DrawsTheSame()
    {
        using var a = new Generator(7);
        using var b = new Generator(7);
        Assert.Equal(7, a.initial_seed());
        Assert.Equal(Draw(a), Draw(b));
        Assert.NotEqual(Draw(a), Draw(new Generator(8)));
        a.manual_seed(3);
        b.manual_seed(3);
        Assert.Equal(Draw(a), Draw(b));
        Assert.Equal(a.seed(), a.initial_seed());
    }

    [Fact]
    public void GeneratorState_PutBack_ContinuesTheSequence()
    {
        using var generator = new Generator(11);
        Draw(generator);
        var state = generator.get_state();
        var expected = Draw(generator);
        generator.set_state(state);
        Assert.Equal(expected, Draw(generator));
        using var other = new Generator(1);
        other.set_state(state);
        Assert.Equal(expected, Draw(other));
    }

    [Fact]
    public void GlobalGenerator_AfterManualSeed_RepeatsDropout()
    {
        float[] Dropped()
        {
            torch.manual_seed(5);
            return nn.functional.dropout(ones(1000), 0.25).data<float>().ToArray();
        }

        var first = Dropped();
        Assert.Equal(first, Dropped());
        Assert.Equal([0, 1 / 0.75f], first.Distinct().Order());
        Assert.InRange(first.Count(v => v == 0), 190, 310);
        var state = torch.random.get_rng_state();
        var next = rand(4).data<float>().ToArray();
        torch.random.set_rng_state(state);
        Assert.Equal(next, rand(4).data<float>().ToArray());
        torch.random.manual_seed(5);
        Assert.Equal(5, Generator.Default.initial_seed());
        Assert.Equal(first, nn.functional.dropout(ones(1000), 0.25, inplace: true).data<float>().ToArray());
    }

    [Fact]
    public void TwoThreads_WithTheirOwnGenerators_DrawWhatOneAfterTheOtherDraws()
    {
        float[] Work(ulong seed)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(seed);
            var x = randn([64, 64], generator: generator);
            for (var i = 0; i < 20; i++)
            {
                x = (x.matmul(randn([64, 64], generator: generator)) / 8).tanh();
            }

            return x.data<float>().ToArray();
        }

        var sequential = new[] { Work(1), Work(2) };
        var parallel = new float[2][];
        var threads = Enumerable.Range(0, 2).Select(i => new Thread(() => parallel[i] = Work((ulong)i + 1))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(sequential, parallel);
    }

    [Fact]
    public void Distributions_OfManyDraws_HaveTheirMoments()
    {
        using var g = new Generator(3);
        Moments(rand([100_000], ScalarType.Float64, generator: g), 0.5, 1 / 12.0);
        Moments(randn([100_000], ScalarType.Float64, generator: g), 0, 1);
        Moments(randint(2, 7, [100_000], generator: g), 4, 2);
        Moments(randint(5, [100_000], ScalarType.Float64, generator: g), 2, 2);
        Moments(empty(100_000).normal_(1, 3, g), 1, 9);
        Moments(empty(100_000).uniform_(-1, 3, g), 1, 16 / 12.0);
        torch.manual_seed(1);
        Moments(rand_like(empty(100_000, ScalarType.Float64)), 0.5, 1 / 12.0);
        Moments(randn_like(empty(100_000)), 0, 1);
        Moments(cat([rand(1000), rand(10, 100).flatten(), rand(10, 10, 10).flatten()]).repeat(20), 0.5, 1 / 12.0, 0.03);
        Moments(cat([randn(1000), randn(10, 100).flatten(), randn(10, 10, 10).flatten()]).repeat(20), 0, 1, 0.1);
    }

    [Fact]
    public void Permutations_HoldEveryNumberOnce()
    {
        using var g = new Generator(3);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), randperm(100, generator: g).data<long>().Order());
        var target = empty(10, ScalarType.Int64);
        Assert.Same(target, randperm(10, target, g));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), target.data<long>().Order());
    }

    [Fact]
    public void Multinomial_DrawsInProportion()
    {
        using var g = new Generator(3);
        var drawn = tensor(new[] { 1.0, 0, 3 }).multinomial(10_000, replacement: true, g).data<long>().ToArray();
        Assert.DoesNotContain(1, drawn);
        Assert.InRange(drawn.Count(d => d == 2), 7200, 7800);
        Assert.Equal([0, 1, 2], multinomial(ones(3), 3, generator: g).data<long>().Order());
    }

    [Fact]
    public void Initialisers_FillWithinTheirBounds()
    {
        using var g = new Generator(3);
        Assert.Equal(6, nn.init.ones_(empty(2, 3)).sum().item<float>());
        Assert.Equal(0, nn.init.zeros_(ones(2, 3)).sum().item<float>());
        Moments(nn.init.normal_(empty([100_000]), 0, 0.02, g), 0, 0.0004, 0.001);
        Moments(nn.init.uniform_(empty([100_000]), 0, 2, g), 1, 4 / 12.0);
        var cut = nn.init.trunc_normal_(empty([100_000], ScalarType.Float64), 0, 1, -1, 1, g);
        Assert.InRange(cut.abs().max().item<double>(), 0.99, 1);
        Moments(cut, 0, 0.2911);
        Moments(nn.init.xavier_uniform_(empty(300, 500)), 0, 2 / 800.0, 0.001);
        Moments(nn.init.kaiming_uniform_(empty(300, 500), Math.Sqrt(5)), 0, 1 / (3 * 500.0), 0.001);
        var parameter = new TorchSharp.Modules.Parameter(empty(3));
        Assert.True(nn.init.normal_(parameter).requires_grad);
        Assert.Throws<ArgumentException>(() => nn.init.xavier_uniform_(empty(3)));
    }

    private static float[] Draw(Generator generator) => randn([5], generator: generator).data<float>().ToArray();

    private static void Moments(Tensor sample, double mean, double variance, double tolerance = 0.05)
    {
        var values = sample.to_type(ScalarType.Float64);
        Assert.InRange(values.mean().item<double>(), mean - tolerance, mean + tolerance);
        Assert.InRange(values.var().item<double>(), variance * (1 - Math.Max(tolerance, 0.05)), variance * (1 + Math.Max(tolerance, 0.05)));
    }
}
