using Crossbench.Datasets;
using Crossbench.Options;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class DatasetGlimpseTests
{
    public static TheoryData<string> Ids() => [.. DatasetCatalog.All.Select(dataset => dataset.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Glimpse_IsShort_Scored_AndTheSameEachTime(string id)
    {
        var dataset = DatasetCatalog.Find(id)!;
        var rows = DatasetGlimpse.Of(dataset, 2);
        Assert.Equal(dataset.Glimpse is null ? 0 : dataset.IsFixed ? 1 : 2, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.InRange(row.Tokens.Count, 2, 260);
            Assert.True(row.Scored > 0);
        });
        Assert.Equal(rows.Select(row => row.Text), DatasetGlimpse.Of(dataset, 2).Select(row => row.Text));
    }

    [Fact]
    public void IdleOptions_AreOptions_AndNoneIsAmongThoseThatAreSet()
    {
        Assert.All(DatasetCatalog.All, dataset =>
            Assert.Subset(OptionSchema.For(dataset.Defaults.GetType()).Fields.Select(field => field.Name).ToHashSet(), dataset.IdleOptions(dataset.Defaults).ToHashSet()));
    }
}
