using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Crossbench.Options;
using Xunit;

namespace Crossbench.Tests.Options;

public sealed class OptionFieldTests
{
    private enum Colour
    {
        Red,

        [JsonStringEnumMemberName("dark_blue")]
        DarkBlue,
    }

    private sealed record Sample
    {
        [Range(1, 128)]
        [Display(Name = "Layers", Description = "How many.", Prompt = "layers")]
        public int Layers { get; init; } = 6;

        [Range(0.0, 1.0, MinimumIsExclusive = true)]
        public double KeepRatio { get; init; } = 0.7;

        [Range(0, int.MaxValue)]
        public int? Warmup { get; init; }

        public bool Bias { get; init; } = true;

        public Colour Colour { get; init; } = Colour.DarkBlue;

        public string Path { get; init; } = "";
    }

    private sealed record Lists
    {
        [Range(0.0, 1.0, MinimumIsExclusive = true)]
        public ValueList<double> Ratios { get; init; } = [0.05, 1];

        [Range(0, 9)]
        public ValueList<int> Places { get; init; } = [];
    }

    [Theory]
    [InlineData("ratios", "0.1,0.5 , 1", "0.1, 0.5, 1")]
    [InlineData("ratios", "", "")]
    [InlineData("ratios", "0.1, 0", null)]
    [InlineData("ratios", "0.1,,1", null)]
    [InlineData("places", "3, 0", "3, 0")]
    [InlineData("places", "3, 10", null)]
    [InlineData("places", "1.5", null)]
    public void Lists_AreReadItemByItem_AndEachIsInRange(string name, string text, string? expected)
    {
        var schema = OptionSchema.For(typeof(Lists));
        var problem = schema.Find(name)!.TryParse(name, text, out var value);
        Assert.Equal(expected is null, problem is not null);
        if (expected is not null)
        {
            Assert.Equal(expected, schema.Find(name)!.Format(schema.With(new Lists(), schema.Find(name)!, value)));
        }
    }

    [Fact]
    public void List_WithWrongItems_NamesEachOfThem()
    {
        var problem = OptionSchema.For(typeof(Lists)).Find("ratios")!.TryParse("ratios", "0.5, 1.5, x", out _)!;
        Assert.Equal("The list holds \"1.5\" (number 2), \"x\" (number 3), which cannot be used.", problem.Reason);
    }

    [Fact]
    public void SmallNumbers_AreShown_AsPeopleWriteThem()
    {
        var schema = OptionSchema.For(typeof(Lists));
        Assert.Equal("1e-5, 2.5e-8", schema.Find("ratios")!.Format(new Lists { Ratios = [0.00001, 2.5e-8] }));
    }

    [Fact]
    public void Lists_AreEqual_WhenTheirItemsAre()
    {
        Assert.Equal(new Lists(), new Lists());
        Assert.NotEqual(new Lists(), new Lists { Ratios = [0.05, 0.9] });
    }

    private static OptionSchema Schema => OptionSchema.For(typeof(Sample));

    [Fact]
    public void Fields_AreInDeclarationOrder_WithNamesKindsRangesAndHelp()
    {
        Assert.Equal(["layers", "keepRatio", "warmup", "bias", "colour", "path"], Schema.Fields.Select(field => field.Name));
        var layers = Schema.Find("layers")!;
        Assert.Equal((OptionKind.Integer, "Layers", "How many.", "layers", "1 to 128", "6"), (layers.Kind, layers.Label, layers.Help, layers.Unit, layers.Range, layers.Format(new Sample())));
        Assert.Equal("above 0 up to 1", Schema.Find("keepRatio")!.Range);
        Assert.Equal("0 or more", Schema.Find("warmup")!.Range);
        Assert.Equal(["red", "dark_blue"], Schema.Find("colour")!.Choices);
        Assert.True(Schema.Find("warmup")!.IsOptional);
    }

    [Theory]
    [InlineData("layers", "12", 12)]
    [InlineData("keepRatio", "3e-1", 0.3)]
    [InlineData("bias", "false", false)]
    [InlineData("warmup", "", null)]
    [InlineData("colour", "red", Colour.Red)]
    [InlineData("path", " a b ", " a b ")]
    public void Text_ThatIsLegal_IsRead(string name, string text, object? expected)
    {
        var field = Schema.Find(name)!;
        Assert.Null(field.TryParse("x", text, out var value));
        var record = Schema.With(new Sample(), field, value);
        Assert.Equal(expected, field.Get(record));
        Assert.Null(field.TryParse("x", field.Format(record), out var again));
        Assert.Equal(value, again);
    }

    [Theory]
    [InlineData("layers", "0", "x: 0 is outside the range. Give a whole number, 1 to 128.")]
    [InlineData("layers", "129", "x: 129 is outside the range. Give a whole number, 1 to 128.")]
    [InlineData("layers", "3.5", "x: \"3.5\" is not a whole number. Give a whole number, 1 to 128.")]
    [InlineData("layers", "", "x: Layers is empty. Give a whole number, 1 to 128.")]
    [InlineData("keepRatio", "0", "x: 0 is outside the range. Give a number, above 0 up to 1.")]
    [InlineData("keepRatio", "NaN", "x: \"NaN\" is not a number. Give a number, above 0 up to 1.")]
    [InlineData("keepRatio", "1,5", "x: \"1,5\" is not a number. Give a number, above 0 up to 1.")]
    [InlineData("bias", "yes", "x: \"yes\" is neither true nor false. Give one of true or false.")]
    [InlineData("colour", "darkblue", "x: \"darkblue\" is not a choice. Give one of red, dark_blue.")]
    public void Text_ThatIsIllegal_IsExplained(string name, string text, string expected)
    {
        var problem = Schema.Find(name)!.TryParse("x", text, out var value);
        Assert.Null(value);
        Assert.Equal(expected, problem?.ToString());
    }

    [Fact]
    public void MisspeltChoice_OffersTheNearest() =>
        Assert.Equal([new SpecFix("x", "dark_blue")], Schema.Find("colour")!.TryParse("x", "darkblue", out _)!.Fixes);

    [Fact]
    public void With_LeavesTheOriginalAlone()
    {
        var original = new Sample();
        Assert.Equal(9, Schema.With(original, Schema.Find("layers")!, 9).Layers);
        Assert.Equal(6, original.Layers);
    }
}
