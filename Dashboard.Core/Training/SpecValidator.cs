using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;

namespace Crossbench.Training;

/// <summary>Finds everything that keeps a specification from running, at once.</summary>
public static class SpecValidator
{
    private const double Gibibyte = 1L << 30;

    /// <summary>All problems of a specification; empty when it can run. Looks at files that the dataset names, opens no tensor library.</summary>
    public static IReadOnlyList<SpecProblem> Validate(RunSpec spec)
    {
        if (ModelZoo.Find(spec.Architecture.Id) is not { } architecture || DatasetCatalog.Find(spec.Dataset.Id) is not { } dataset)
        {
            return [new SpecProblem("architecture.id", $"\"{spec.Architecture.Id}\" on \"{spec.Dataset.Id}\" is not known.", "Give ids that this version lists.")];
        }

        var vocabulary = spec.Shape.Vocabulary ?? dataset.NaturalVocabulary(spec.Dataset.Options);
        var ranges = new List<SpecProblem>([
            .. Ranges("architecture", spec.Architecture.Options), .. Ranges("shape", spec.Shape),
            .. Ranges("dataset", spec.Dataset.Options), .. Ranges("training", spec.Training)]);
        if (ranges.Count > 0)
        {
            return ranges;
        }

        return
        [
            .. LabelRules.Problems(spec.Name, spec.Tags),
            .. Model(architecture, spec),
            .. dataset.Validate(spec.Dataset.Options, spec.Shape.ContextLength, vocabulary),
            .. spec.Evaluations.SelectMany(item => Evaluation(architecture, spec, item, vocabulary)),
            .. Training(spec.Training),
            .. OriginProblems(spec),
            .. Memory(spec, 4),
        ];
    }

    /// <summary>All problems of the model that a specification describes, whatever it is trained on.</summary>
    public static IReadOnlyList<SpecProblem> ValidateModel(RunSpec spec)
    {
        SpecProblem[] ranges = [.. Ranges("architecture", spec.Architecture.Options), .. Ranges("shape", spec.Shape)];
        return ranges.Length > 0 ? ranges : [.. Model(ModelZoo.Find(spec.Architecture.Id)!, spec)];
    }

    /// <summary>All problems of the data that a specification describes, whatever is trained on them; looks at the files that they name.</summary>
    public static IReadOnlyList<SpecProblem> ValidateData(RunSpec spec)
    {
        SpecProblem[] ranges = [.. Ranges("dataset", spec.Dataset.Options), .. Ranges("shape", spec.Shape)];
        return ranges.Length > 0 ? ranges : [.. DatasetCatalog.Find(spec.Dataset.Id)!.Validate(spec.Dataset.Options, spec.Shape.ContextLength, VocabularyOf(spec))];
    }

    /// <summary>Vocabulary of the model that a specification builds: as set, else the dataset's own.</summary>
    public static int VocabularyOf(RunSpec spec) =>
        spec.Shape.Vocabulary ?? DatasetCatalog.Find(spec.Dataset.Id)?.NaturalVocabulary(spec.Dataset.Options) ?? 256;

    /// <summary>The data that a specification describes.</summary>
    public static DatasetSetup DataOf(RunSpec spec) => new(DatasetCatalog.Find(spec.Dataset.Id)!, spec.Dataset.Options, spec.Shape.ContextLength, VocabularyOf(spec));

    private static IEnumerable<SpecProblem> Model(Architecture architecture, RunSpec spec)
    {
        var shape = Shape(architecture, spec.Shape).ToArray();
        return shape.Length > 0 ? shape : architecture.Validate(spec.Shape, spec.Architecture.Options);
    }

    /// <summary>What keeps a further evaluation from being made: its data, and sequences that the model cannot take.</summary>
    private static IEnumerable<SpecProblem> Evaluation(Architecture architecture, RunSpec spec, EvaluationSpec evaluation, int vocabulary)
    {
        var length = evaluation.ContextLength ?? spec.Shape.ContextLength;
        var ranges = Ranges("dataset", evaluation.Dataset.Options).ToArray();
        var found = ranges.Length > 0 ? ranges : DatasetCatalog.Find(evaluation.Dataset.Id)!.Validate(evaluation.Dataset.Options, length, vocabulary);
        var longer = length > spec.Shape.ContextLength ? architecture.Validate(spec.Shape with { ContextLength = length }, spec.Architecture.Options) : [];
        var isOther = DatasetCatalog.Find(evaluation.Dataset.Id)!.MeaningOf(evaluation.Dataset.Options).IsCertainlyNot(DatasetCatalog.Find(spec.Dataset.Id)!.MeaningOf(spec.Dataset.Options));

        // Data that can never be used need no mending otherwise.
        return isOther ? [EvaluationList.OtherTokens(evaluation.Name)]
            : found.Concat(longer).Select(problem => new SpecProblem(EvaluationList.Path, $"{evaluation.Name}: {(problem.Path.Length == 0 ? "" : problem.Path + ": ")}{problem.Reason}", problem.Remedy));
    }

    private static IEnumerable<SpecProblem> Ranges(string prefix, object options) => OptionSchema.For(options.GetType()).Fields
        .Select(field => field.TryParse($"{prefix}.{field.Name}", field.Format(options), out _))
        .OfType<SpecProblem>();

    private static IEnumerable<SpecProblem> Shape(Architecture architecture, ModelShape shape)
    {
        if (shape.Width % shape.Heads != 0)
        {
            yield return NotAMultiple("shape.heads", "Width", shape.Width, shape.Heads, "shape.width");
        }

        if (architecture.HasKvHeads && shape.Heads % shape.KvHeads != 0)
        {
            yield return NotAMultiple("shape.kvHeads", "Heads", shape.Heads, shape.KvHeads, null);
        }

        if (shape.Positions == PositionEncoding.Rope && shape.Width % shape.Heads == 0 && shape.HeadWidth % 2 != 0)
        {
            yield return new SpecProblem("shape.positions", $"Rotary positions need an even head width; {shape.Width} / {shape.Heads} is {shape.HeadWidth}.", "Change width or heads, or set positions to none.")
            {
                Fixes = [new SpecFix("shape.positions", "none")],
            };
        }
    }

    private static SpecProblem NotAMultiple(string path, string what, int value, int divisor, string? whole)
    {
        var below = Enumerable.Range(1, divisor).Reverse().First(candidate => value % candidate == 0);
        var above = Enumerable.Range(divisor, Math.Max(1, value - divisor + 1)).FirstOrDefault(candidate => value % candidate == 0);
        var divisors = new[] { below, above }.Where(candidate => candidate > 0).Distinct().ToArray();
        var fixes = divisors.Select(candidate => new SpecFix(path, $"{candidate}")).ToList();
        var remedy = $"Use {string.Join(" or ", divisors)}";
        if (whole is not null)
        {
            var multiple = (value / divisor * divisor) + divisor;
            fixes.Add(new SpecFix(whole, $"{multiple}"));
            remedy += $", or set the {what.ToLowerInvariant()} to {multiple}";
        }

        return new SpecProblem(path, $"{what} {value} is not a multiple of {divisor}.", remedy + ".") { Fixes = fixes };
    }

    /// <summary>A model whose numbers alone do not fit into this machine's memory.</summary>
    /// <param name="spec">A specification with a valid model.</param>
    /// <param name="copies">Numbers held for each parameter: 1 to compute with it, 4 to train it (gradient and two moments).</param>
    public static IEnumerable<SpecProblem> Memory(RunSpec spec, int copies)
    {
        if (ValidateModel(spec).Count > 0 || ComputeDevice.Problem(spec.Training.Device) is not null || ComputeDevice.CudaIndex(spec.Training.Device) >= 0)
        {
            yield break;
        }

        var parameters = ModelZoo.Find(spec.Architecture.Id)!.Cost(spec.Shape, VocabularyOf(spec), spec.Architecture.Options).ParameterCount;
        var (needed, there) = (4.0 * copies * parameters, (double)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (needed > there)
        {
            yield return new SpecProblem(
                "shape.width",
                string.Create(CultureInfo.InvariantCulture, $"{parameters:N0} parameters need {needed / Gibibyte:N1} GiB{(copies > 1 ? " for weights, gradients and optimiser" : "")}; this machine has {there / Gibibyte:N1} GiB."),
                "Use a smaller width, fewer layers or a smaller vocabulary.");
        }
    }

    /// <summary>A run that starts from a step which it would not go beyond.</summary>
    internal static IEnumerable<SpecProblem> OriginProblems(RunSpec spec) => spec.From?.Step >= spec.Training.Steps
        ? [new SpecProblem("training.steps", $"The run starts from step {spec.From.Step}, so {spec.Training.Steps} steps are done already.", "Set the total, those before the fork among them.")]
        : [];

    private static IEnumerable<SpecProblem> Training(TrainingOptions training)
    {
        if (training.MinLearningRate > training.LearningRate)
        {
            yield return new SpecProblem("training.minLearningRate", $"{training.MinLearningRate} is above the learning rate of {training.LearningRate}.", "Lower it, or raise the learning rate.");
        }

        if (training.WarmupSteps > training.Steps)
        {
            yield return new SpecProblem("training.warmup", $"{training.WarmupSteps} steps of warm-up are more than the {training.Steps} steps of the run.", "Use fewer.");
        }

        if (training.ThreadCount > Environment.ProcessorCount)
        {
            yield return new SpecProblem("training.threads", $"{training.ThreadCount} threads are more than the {Environment.ProcessorCount} cores of this machine.", "Use as many as there are cores, or fewer.")
            {
                Fixes = [new SpecFix("training.threads", $"{Environment.ProcessorCount}")],
            };
        }

        if (training.KeepEvery > 0 && (training.CheckpointEvery == 0 || training.KeepEvery % training.CheckpointEvery != 0))
        {
            yield return KeepEvery(training);
        }

        if (ComputeDevice.Problem(training.Device) is { } problem)
        {
            yield return problem;
        }
    }

    private static SpecProblem KeepEvery(TrainingOptions training)
    {
        var next = training.CheckpointEvery == 0 ? 0 : ((training.KeepEvery / training.CheckpointEvery) + 1) * (long)training.CheckpointEvery;
        var reason = training.CheckpointEvery == 0 ? "No checkpoint is saved on the way, so none can be kept." : $"Checkpoints are saved every {training.CheckpointEvery} steps, not every {training.KeepEvery}.";
        return new SpecProblem("training.keepEvery", reason, training.CheckpointEvery == 0 ? "Set training.checkpointEvery to it, or leave this at 0." : $"Use {next}, or set training.checkpointEvery to {training.KeepEvery}.")
        {
            Fixes = [.. next is > 0 and <= int.MaxValue ? [new SpecFix("training.keepEvery", $"{next}")] : Array.Empty<SpecFix>(), new SpecFix("training.checkpointEvery", $"{training.KeepEvery}")],
        };
    }
}
