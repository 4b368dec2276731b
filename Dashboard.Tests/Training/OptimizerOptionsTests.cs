using Crossbench.Models;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Training;

/// <summary>Options of optimiser and initial weights reach the weights.</summary>
public sealed class OptimizerOptionsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DecayScopeAll_DecaysNormsToo_ByLearningRateTimesDecay()
    {
        var matrices = Train(("training.decayScope", "matrices"));
        var all = Train(("training.decayScope", "all"));
        Assert.Equal(matrices["embed.weight"], all["embed.weight"]);
        Assert.All(all["norm.weight"].Zip(matrices["norm.weight"]), pair => Assert.Equal(0.01 * 0.5, pair.Second - pair.First, 1e-6));
    }

    [Theory]
    [InlineData("training.beta1", "0.5")]
    [InlineData("training.beta2", "0.5")]
    public void Betas_ChangeTheSecondStep_ButNotTheFirst(string path, string value)
    {
        Assert.All(Train()["embed.weight"].Zip(Train((path, value))["embed.weight"]), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
        Assert.NotEqual(Train(("training.steps", "2"))["embed.weight"], Train(("training.steps", "2"), (path, value))["embed.weight"]);
    }

    [Fact]
    public void InitialDeviation_ScalesTheInitialWeightsOfEveryArchitecture() => Assert.All(ModelZoo.All, architecture =>
    {
        using var scope = NewDisposeScope();
        var (usual, wide) = (Embedding(0.02), Embedding(0.1));
        Assert.All(usual.Zip(wide), pair => Assert.Equal(5 * pair.First, pair.Second, 1e-6));
        Assert.InRange(wide.Select(Math.Abs).Average(), 0.05, 0.11);

        double[] Embedding(double deviation)
        {
            using var model = TinyModels.Create(architecture, TinyModels.Shape with { InitialDeviation = deviation });
            return TinyModels.Values(model.named_parameters().First(item => item.name == "embed.weight").parameter);
        }
    });

    private Dictionary<string, double[]> Train(params (string Path, string Text)[] settings)
    {
        var spec = RunSpecReader.Read(new Dictionary<string, string>(
        [
            new("dataset.id", "sparse_signal"), new("shape.vocabulary", "64"), new("shape.layers", "1"), new("shape.width", "16"), new("shape.ffn", "24"),
            new("shape.contextLength", "16"), new("training.steps", "1"), new("training.batchSize", "2"), new("training.threads", "1"), new("training.warmup", "0"),
            new("training.learningRate", "0.01"), new("training.schedule", "constant"), new("training.weightDecay", "0.5"), new("training.evaluateEvery", "0"),
            new("training.evaluationSequences", "2"),
            .. settings.Select(item => new KeyValuePair<string, string>(item.Path, item.Text)).Where(item => item.Key != "training.steps"),
        ])
        {
            ["training.steps"] = settings.FirstOrDefault(item => item.Path == "training.steps").Text ?? "1",
        }).OrThrow();
        var folder = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("N"))).FullName;
        Assert.IsType<Completed>(new Trainer(_folder.Data, TimeProvider.System).Run(spec, folder, new Silent(), new TrainingControl()));
        using var scope = NewDisposeScope();
        using var model = ModelZoo.Find(spec.Architecture.Id)!.CreateModel(spec.Shape, 64, spec.Architecture.Options, new RandomStreams(spec.Seed));
        WeightFile.Load(Path.Combine(Checkpoint.FindLatest(folder)!, "model.safetensors"), model);
        return model.named_parameters().ToDictionary(item => item.name, item => TinyModels.Values(item.parameter));
    }

    private sealed class Silent : ITrainingObserver
    {
        public void OnEvent(TrainingEvent trainingEvent)
        {
        }
    }
}
