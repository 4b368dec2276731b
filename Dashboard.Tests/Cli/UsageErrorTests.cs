using Crossbench.Web.Cli;
using Xunit;

namespace Crossbench.Tests.Cli;

public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("Cannot parse argument 'abc' for option '--port' as expected type 'System.Int32'.", "--port 'abc' is not a whole number.")]
    [InlineData("Cannot parse argument 'pdf' for option '--format' as expected type 'Crossbench.Reports.Export.ReportFormat'. Did you mean one of the following?\nCsv\nHtml\nJson", "--format 'pdf' is not known. Give one of csv, html, json.")]
    [InlineData("Unrecognized command or argument 'x'.", "Unrecognized command or argument 'x'.")]
    public void Types_AreNotNamed(string message, string expected) => Assert.Equal(expected, UsageError.Text(message));
}
