namespace Crossbench.Reports;

/// <summary>Names under which the store keeps numbers that an imported report states and that no run of ours measures so.</summary>
internal static class ReportedMetrics
{
    /// <summary>Before the key of a single number of the report: <c>report.train_step_ms_mean</c>.</summary>
    public const string Prefix = "report.";

    /// <summary>Mean gate over layers, by step.</summary>
    public const string Gate = Prefix + "gate_series";

    /// <summary>Loss and auxiliary losses together, by step.</summary>
    public const string TotalLoss = Prefix + "total_loss_series";
}
