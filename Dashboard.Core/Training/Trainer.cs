using System.Globalization;
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
    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(5);

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
        if (!Prepare([spec.Dataset, .. spec.Evaluations.Select(item => item.Dataset)], observer, control))
        {
            return control.Request == TrainingRequest.Pause ? new Paused(0) : new Stopped(0);
        }

        using var data = TrainingData.Open(folder, spec, vocabulary);
        using var model = architecture.CreateModel(spec.Shape, vocabulary, spec.Architecture.Options, new RandomStreams(spec.Seed));
        model.to(device);
        using var loop = new TrainingLoop(spec, model, data, checkpoints, observer, control, time);
        return loop.Run();
    }

    /// <summary>Prepares the data, with a note now and then; false when something was asked of the run meanwhile.</summary>
    private bool Prepare(IReadOnlyList<DatasetSpec> datasets, ITrainingObserver observer, TrainingControl control)
    {
        var noted = time.GetTimestamp();
        try
        {
            foreach (var dataset in datasets)
            {
                DatasetCatalog.Find(dataset.Id)!.Prepare(folder, dataset.Options, Note);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        void Note(string what, double share)
        {
            if (control.Request != TrainingRequest.None)
            {
                throw new OperationCanceledException();
            }

            if (time.GetElapsedTime(noted) >= NoteInterval)
            {
                noted = time.GetTimestamp();
                observer.OnEvent(new Noted(0, string.Create(CultureInfo.InvariantCulture, $"{what}: {share:P0}")));
            }
        }
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
