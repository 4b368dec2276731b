using Crossbench.Datasets;
using Crossbench.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>Trains a model as a specification says, synchronously, on the calling thread.</summary>
/// <param name="folder">Where prepared data are kept.</param>
/// <param name="time">Clock for throughput and elapsed time.</param>
public sealed class Trainer(DataFolder folder, TimeProvider time)
{
    /// <summary>Runs a specification to its end, or until something is asked of it.</summary>
    /// <param name="spec">A valid specification.</param>
    /// <param name="checkpoints">Folder for the run's checkpoints; when it holds a whole one, training goes on from the latest.</param>
    /// <param name="observer">Told what happens, on this thread.</param>
    /// <param name="control">Carries requests to pause or stop.</param>
    /// <exception cref="SpecException">The data or the device cannot be used after all.</exception>
    public RunOutcome Run(RunSpec spec, string checkpoints, ITrainingObserver observer, TrainingControl control)
    {
        TrainingBackend.Ensure();
        set_num_threads(spec.Training.ThreadCount);
        var device = OpenDevice(spec.Training.Device);
        var vocabulary = SpecValidator.VocabularyOf(spec);
        var architecture = ModelZoo.Find(spec.Architecture.Id)!;
        var dataset = DatasetCatalog.Find(spec.Dataset.Id)!;
        using var stream = dataset.Open(folder, spec.Dataset.Options, spec.Shape.ContextLength, vocabulary);
        using var model = architecture.CreateModel(spec.Shape, vocabulary, spec.Architecture.Options, new RandomStreams(spec.Seed));
        model.to(device);
        using var loop = new TrainingLoop(spec, model, stream, checkpoints, observer, control, time);
        return loop.Run();
    }

    private static Device OpenDevice(string name)
    {
        if (TrainingBackend.DeviceProblem(name) is { } problem)
        {
            throw new SpecException(problem);
        }

        var index = ComputeDevice.CudaIndex(name);
        return index < 0 ? CPU : device(DeviceType.CUDA, index);
    }
}
