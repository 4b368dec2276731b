using Crossbench.Runs;
using Crossbench.Web;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class FormatTests
{
    [Theory]
    [InlineData(6.68744, "6.6874")]
    [InlineData(0.0, "0.0000")]
    [InlineData(-1.5, "−1.5000")]
    [InlineData(double.NaN, "not a number")]
    [InlineData(double.PositiveInfinity, "∞")]
    [InlineData(null, "–")]
    public void Loss_HasFourDecimals(double? loss, string text) => Assert.Equal(text, Format.Loss(loss));

    [Fact]
    public void HalfWidth_HasThreeDecimalsAndASign() => Assert.Equal("±0.030", Format.HalfWidth(6.657, 6.717));

    [Theory]
    [InlineData(5_749_552L, "5,749,552")]
    [InlineData(0L, "0")]
    [InlineData(null, "–")]
    public void Count_HasCommas(long? count, string text) => Assert.Equal(text, Format.Count(count));

    [Theory]
    [InlineData(5_749_552, "5.75\u00a0M")]
    [InlineData(62.5e12, "62.5\u00a0T")]
    [InlineData(812, "812")]
    [InlineData(999_999, "1.00\u00a0M")]
    [InlineData(0, "0")]
    public void Short_HasThreeDigits(double value, string text) => Assert.Equal(text, Format.Short(value));

    [Theory]
    [InlineData(0.6421, 0, "64\u00a0%")]
    [InlineData(0.735, 1, "73.5\u00a0%")]
    [InlineData(-0.1, 0, "−10\u00a0%")]
    public void Percent_HasANonBreakingSpace(double share, int decimals, string text) => Assert.Equal(text, Format.Percent(share, decimals));

    [Theory]
    [InlineData(0.0003, "3e-4")]
    [InlineData(1e-6, "1e-6")]
    [InlineData(0.00025, "2.5e-4")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.1, "0.1")]
    [InlineData(10000, "10,000")]
    [InlineData(0, "0")]
    public void Typed_LooksAsAPersonTypesIt(double value, string text) => Assert.Equal(text, Format.Typed(value));

    [Theory]
    [InlineData(0.84213, "0.842")]
    [InlineData(2142.4, "2,142")]
    [InlineData(0.00012345, "1.23e-4")]
    [InlineData(12.3456, "12.3")]
    public void Measured_HasThreeDigits(double value, string text) => Assert.Equal(text, Format.Measured(value));

    [Theory]
    [InlineData(342.0, "5\u00a0min 42\u00a0s")]
    [InlineData(8.4, "8\u00a0s")]
    [InlineData(3600.0, "1\u00a0h")]
    [InlineData(93_600.0, "1\u00a0d 2\u00a0h")]
    [InlineData(null, "–")]
    [InlineData(double.PositiveInfinity, "–")]
    public void Duration_HasTwoUnits(double? seconds, string text) => Assert.Equal(text, Format.Duration(seconds));

    [Theory]
    [InlineData(412L * 1024 * 1024, "412\u00a0MiB")]
    [InlineData(1_503_238_553L, "1.40\u00a0GiB")]
    [InlineData(12L, "12\u00a0B")]
    [InlineData(null, "–")]
    public void Bytes_HasThreeDigitsInBinaryUnits(long? bytes, string text) => Assert.Equal(text, Format.Bytes(bytes));

    [Fact]
    public void Age_HasOneUnit()
    {
        Assert.Equal("10\u00a0min", Format.Age(TimeSpan.FromSeconds(640)));
        Assert.Equal("2\u00a0h", Format.Age(TimeSpan.FromMinutes(130)));
        Assert.Equal("0\u00a0s", Format.Age(TimeSpan.FromSeconds(-3)));
    }

    [Fact]
    public void Status_Completed_IsCalledDone() => Assert.Equal("Done", Format.Status(RunStatus.Completed));
}
