using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crossbench.Models.Architectures;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports.TransBench;

/// <summary>File names of reports, as TransBench gives them.</summary>
public static class TransBenchName
{
    /// <summary>Time, architecture and id: no two runs share it.</summary>
    public static string Default(RunRecord run) =>
        $"{TimeOf(run).ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture)}_{Slug(TransBenchConfiguration.Architecture(run.Spec))}_{IdOf(run)}.json";

    /// <summary>
    /// What a run is, without time and id, so that a later run of the same takes its place. Steps, learning rate, vocabulary, width of the FFN, seed and
    /// ratios of noise are no part of it: runs that differ in those alone share it.
    /// </summary>
    public static string Stable(RunSpec spec)
    {
        var (shape, heads) = (spec.Shape, TransBenchConfiguration.KvHeads(spec));
        FormattableString text =
            $"{Slug(TransBenchConfiguration.Architecture(spec))}_{spec.Dataset.Id}_L{shape.Layers}_H{shape.Width}_S{shape.ContextLength}_B{spec.Training.BatchSize}_heads{shape.Heads}_kv{heads?.ToString(CultureInfo.InvariantCulture) ?? "-"}_{Slug(spec.Training.Device)}_{TransBenchConfiguration.Format(spec)}";
        return text.ToString(CultureInfo.InvariantCulture) + Extra(spec) + ".json";
    }

    /// <summary>The id in a report: 10 hex digits that follow from the run's own.</summary>
    public static string IdOf(RunRecord run) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.Id.Value)))[..10];

    /// <summary>The moment that a report is of: the run's end, else when it began or was queued.</summary>
    public static DateTimeOffset TimeOf(RunRecord run) => (run.EndedAt ?? run.StartedAt ?? run.CreatedAt).ToUniversalTime();

    /// <summary>A number in a file name: six significant digits, p for the point, m for minus.</summary>
    internal static string Number(double value) => Significant(value).Replace('.', 'p').Replace('-', 'm');

    private static string Extra(RunSpec spec) => spec.Architecture.Options switch
    {
        MigOptions mig => $"_migG{Number(mig.GateDim)}_lam{Number(mig.Lambda)}_keep{Number(mig.KeepRatio)}",
        SilOptions sil => $"_silR{Number(sil.Rules)}_T{Number(sil.Tau0)}_ht{(sil.HardTrain ? 1 : 0)}_he{(sil.HardEval ? 1 : 0)}",
        AsrOptions asr => $"_asrN{Number(asr.NoiseStd)}_lam{Number(asr.Lambda)}",
        _ => "",
    };

    /// <summary>Six significant digits as C's %g writes them: 0.7, 1e-05, 1.5e+06.</summary>
    private static string Significant(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        var text = value.ToString("E5", CultureInfo.InvariantCulture);
        var (digits, exponent) = (text[..text.IndexOf('E', StringComparison.Ordinal)], int.Parse(text[(text.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture));
        if (exponent is >= -4 and < 6)
        {
            return decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString("0.##########", CultureInfo.InvariantCulture);
        }

        return $"{digits.TrimEnd('0').TrimEnd('.')}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";
    }

    private static string Slug(string text) => string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '-'));
}
