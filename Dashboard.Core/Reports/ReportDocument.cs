namespace Crossbench.Reports;

/// <summary>What a report says, whatever form it takes: headings, sentences, tables and charts in order.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Blocks">Its parts.</param>
public sealed record ReportDocument(string Title, IReadOnlyList<ReportBlock> Blocks)
{
    /// <summary>The runs that it is about, for forms that carry their data along.</summary>
    public IReadOnlyList<RunResult> Runs { get; init; } = [];
}

/// <summary>A part of a report: a closed set of records.</summary>
public abstract record ReportBlock;

/// <summary>A heading; parts after it belong to it.</summary>
/// <param name="Text">The words.</param>
/// <param name="IsDetail">Whether what follows may be folded away where a form can do that.</param>
public sealed record ReportHeading(string Text, bool IsDetail = false) : ReportBlock;

/// <summary>A paragraph.</summary>
/// <param name="Text">The sentences.</param>
public sealed record ReportText(string Text) : ReportBlock;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its name.</param>
/// <param name="IsNumber">Whether it holds numbers, which are set to the right.</param>
public sealed record ReportColumn(string Title, bool IsNumber = false);

/// <summary>A table.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">A text for each column.</param>
public sealed record ReportTable(string Caption, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : ReportBlock;

/// <summary>A chart of losses over steps.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Lines">The runs in it.</param>
/// <param name="References">Horizontal lines to compare with: chance, floor.</param>
/// <param name="Values">The same in numbers.</param>
public sealed record ReportChart(string Caption, IReadOnlyList<ReportLine> Lines, IReadOnlyList<(string Name, double Value)> References, ReportTable Values) : ReportBlock;

/// <summary>One run in a chart.</summary>
/// <param name="Name">Its name, unlike those beside it.</param>
/// <param name="Architecture">Id of its architecture, which sets the colour.</param>
/// <param name="Variant">0 for the first run of that architecture in the chart, 1 for the second …, which sets the dash.</param>
/// <param name="Training">Training loss, in drawing resolution.</param>
/// <param name="Smooth">The same as a running mean.</param>
/// <param name="Evaluations">Evaluations with their intervals.</param>
public sealed record ReportLine(string Name, string Architecture, int Variant, IReadOnlyList<Metrics.LinePoint> Training, IReadOnlyList<Metrics.LinePoint> Smooth, IReadOnlyList<Runs.EvaluationRecord> Evaluations);

/// <summary>A way to report on runs. Pure: the same runs give the same document.</summary>
public abstract class Report
{
    /// <summary>Stable name.</summary>
    public abstract string Id { get; }

    /// <summary>Name for people.</summary>
    public abstract string Title { get; }

    /// <summary>Builds the document.</summary>
    /// <param name="runs">The runs, in the order in which they are to be shown.</param>
    public abstract ReportDocument Build(IReadOnlyList<RunResult> runs);
}
