using System.Globalization;
using System.Text.RegularExpressions;
using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Models;

/// <summary>The formula of the parameters against the models that are built, at sizes drawn at random.</summary>
public sealed partial class ParameterFormulaTests
{
    private const int Vocabulary = 23;

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void WhatIsWritten_WithTheSizesPutIn_IsTheCountOfTheBuiltModel(string name)
    {
        var item = ModelCases.Find(name);
        foreach (var shape in Shapes(item, layers: null).Take(3))
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var model = item.Architecture.CreateModel(shape, Vocabulary, item.Options, new RandomStreams(1));
            var formula = ParameterFormula.Of(item.Architecture.Cost(shape, Vocabulary, item.Options).Parameters, shape);
            Assert.Equal(model.ParameterCount, formula.Parts.Sum(part => part.Terms.Sum(term => Worth(term))));
            Assert.Equal(model.ParameterCount, formula.Count);
            Assert.All(formula.Parts, part => Assert.Equal(part.Terms.Sum(term => Worth(term)), part.Count));
        }
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void WhatIsWritten_DoesNotDependOnTheSize(string name)
    {
        // A number written where a size is meant would show: it differs from one shape to the other.
        var item = ModelCases.Find(name);
        var texts = Shapes(item, item.Shape.Layers).Where(shape => shape.Width > 32).DistinctBy(shape => shape.Width).Take(3)
            .Select(shape => string.Join('\n', ParameterFormula.Of(item.Architecture.Cost(shape, Vocabulary + shape.Width, item.Options).Parameters, shape).Parts.Select(part => $"{part.Name}: {part.Text}"))).ToArray();
        Assert.Equal(3, texts.Length);
        Assert.Single(texts.Distinct());
    }

    [Fact]
    public void FormulaOfTheBaseline_ReadsAsOnPaper()
    {
        var shape = new ModelShape();
        var formula = ParameterFormula.Of(ModelZoo.All[0].Cost(shape, 256, ModelZoo.All[0].Defaults).Parameters, shape);
        Assert.Equal(
            ["Token embedding: V d", "Norms: 2 L d + d", "Attention: L (2 KV d d_h + 2 KV d_h + 2 d^2 + 2 d)", "FFN: 3 L d f", "Output head: V d + V"],
            formula.Parts.Select(part => $"{part.Name}: {part.Text}"));
        Assert.Equal(1_643_904, formula.Count);
        Assert.Equal(["V=256", "d=128", "L=8", "KV=2", "d_h=32", "f=384"], formula.Symbols.Select(symbol => $"{symbol.Name}={symbol.Value}"));
    }

    [Fact]
    public void LayersThatDiffer_AreTermsOfTheirOwn()
    {
        var shape = new ModelShape { Layers = 5 };
        var asterisk = new Asterisk();
        var formula = ParameterFormula.Of(asterisk.Cost(shape, 256, new AsteriskOptions { HybridLayers = [0, 3] }).Parameters, shape);
        var refinement = formula.Parts.Single(part => part.Name == "Refinement");
        Assert.StartsWith("2 (", refinement.Text, StringComparison.Ordinal);
        Assert.StartsWith("L (", formula.Parts.Single(part => part.Name == "Attention").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Extents_SumAndMultiplyLikeNumbers_AndMergeLikeProducts()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            long x = random.Next(1, 50), y = random.Next(1, 50), n = random.Next(0, 9);
            Extent a = Extent.Of("a", "", x), b = Extent.Of("b", "", y);
            Assert.Equal(((x * n) + y + 2) * (x + y), (((a * n) + b + 2) * (a + b)).Value);
        }

        Extent d = Extent.Of("d", "", 3), f = Extent.Of("f", "", 4);
        Assert.Equal("2 d f + 3 d^2 + d", ((d * ((2 * d) + f)) + (d * d) + (f * d) + d).Text);
        Assert.Equal("0", (d * 0).Text);
    }

    [Theory]
    [InlineData("gqa", "layers width heads kvHeads ffn bias tiedHead", "")]
    [InlineData("mhla", "layers width heads ffn bias tiedHead", "queryRank kvRank nopeWidth ropeWidth valueWidth")]
    [InlineData("mig", "layers width heads kvHeads ffn bias tiedHead", "gateDim")]
    [InlineData("mamba2", "layers width heads ffn bias tiedHead", "expand headDim state groups convWidth")]
    [InlineData("retnet", "layers width heads kvHeads ffn bias tiedHead", "expandKey expandValue")]
    [InlineData("asterisk", "layers width heads kvHeads ffn bias tiedHead", "hybridLayers asppHidden phiMult graph")]
    [InlineData("mamba2-stub", "layers width ffn bias tiedHead", "convWidth")]
    public void ChoicesThatChangeTheCount_AreFound(string id, string ofShape, string ofOptions)
    {
        var architecture = ModelZoo.Find(id)!;
        Assert.Equal(ofShape, string.Join(' ', CountedOptions.OfShape(architecture, architecture.DefaultShape, architecture.Defaults)));
        Assert.Equal(ofOptions, string.Join(' ', CountedOptions.Of(architecture, architecture.DefaultShape, architecture.Defaults)));
    }

    [Fact]
    public void KvHeads_ChangeTheCount_WhereAnArchitectureSaysThatItHasThem() => Assert.All(
        ModelZoo.All,
        architecture => Assert.Equal(architecture.HasKvHeads, CountedOptions.OfShape(architecture, architecture.DefaultShape, architecture.Defaults).Contains("kvHeads")));

    [Fact]
    public void ChoicesThatMatterOnlyBesideOthers_AreFoundOnceThoseAreMade()
    {
        var (smat, shape) = (new Smat(), new ModelShape());
        Assert.DoesNotContain("block", CountedOptions.Of(smat, shape, new SmatOptions()));
        Assert.Contains("block", CountedOptions.Of(smat, shape, new SmatOptions { Position = SmatPosition.RelTable }));
        Assert.Equal(CountedOptions.OfShape(smat, shape, new SmatOptions()), CountedOptions.OfShape(smat, shape with { Layers = 512 }, new SmatOptions()));
        var moa = new MoaMetric();
        Assert.Contains("phases", CountedOptions.Of(moa, shape, new MoaMetricOptions()));
        Assert.DoesNotContain("phases", CountedOptions.Of(moa, shape with { Positions = PositionEncoding.None }, new MoaMetricOptions()));
    }

    [Fact]
    public void EveryArchitecture_HasEquationsAndSomethingToRead()
    {
        foreach (var architecture in ModelZoo.All)
        {
            Assert.InRange(architecture.Equations.Count, 3, 8);
            Assert.Equal(architecture.Equations.Count, architecture.Equations.DistinctBy(equation => equation.Name).Count());
            Assert.Contains(architecture.Equations, equation => equation.Symbols.Count > 0);
            Assert.All(architecture.Equations.SelectMany(equation => equation.Symbols.Select(symbol => symbol.Tex).Append(equation.Tex)), tex =>
            {
                Assert.NotEqual("", tex);
                Assert.Equal(tex.Count(c => c == '{'), tex.Count(c => c == '}'));
            });
            Assert.NotEmpty(architecture.Readings);
            Assert.All(architecture.Readings, reading =>
            {
                Assert.True(reading.Title.Length > 3 && reading.By.Length > 3 && reading.For.EndsWith('.'));
                Assert.True(reading.Address is null || reading.Address.StartsWith("https://", StringComparison.Ordinal));
                Assert.True(reading.ArxivId is null || Regex.IsMatch(reading.ArxivId, @"^\d{4}\.\d{4,5}$"));
            });
        }
    }

    /// <summary>Legal shapes around that of a mode, at random and always the same ones.</summary>
    private static IEnumerable<ModelShape> Shapes(ModelCase item, int? layers)
    {
        var random = new Random(11);
        for (var attempt = 0; attempt < 20_000; attempt++)
        {
            var heads = 1 << random.Next(1, 4);
            var shape = item.Shape with
            {
                Layers = layers ?? random.Next(1, 5),
                Width = heads * 2 * random.Next(2, 9),
                Heads = heads,
                KvHeads = 1 << random.Next(0, int.Log2(heads) + 1),
                Ffn = random.Next(1, 40),
            };
            if (!item.Architecture.Validate(shape, item.Options).Any())
            {
                yield return shape;
            }
        }
    }

    /// <summary>The number of what is written: letters looked up, no arithmetic of the model's own.</summary>
    private static long Worth(FormulaTerm term)
    {
        var sizes = term.Layers.Symbols.Concat(term.Each.Symbols).DistinctBy(symbol => symbol.Name).ToDictionary(symbol => symbol.Name, symbol => symbol.Value);
        var match = Factored().Match(term.Text);
        return match.Success ? Sum(match.Groups[1].Value) * Sum(match.Groups[2].Value) : Sum(term.Text);

        long Sum(string text) => text.Split(" + ").Sum(product => product.Split(' ').Aggregate(1L, (worth, factor) => worth * Factor(factor)));

        long Factor(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : text.Split('^') is [var size, var power] ? (long)Math.Pow(sizes[size], int.Parse(power, CultureInfo.InvariantCulture))
            : sizes[text];
    }

    [GeneratedRegex(@"^(\S+) \((.*)\)$")]
    private static partial Regex Factored();
}
