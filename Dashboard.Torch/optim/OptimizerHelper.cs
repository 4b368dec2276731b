using static TorchSharp.torch;

namespace TorchSharp.Modules;

public class OptimizerOptions
{
    public double? LearningRate;
    public double? InitialLearningRate;
}

public class ParamGroup : optim.ILearningRateController
{
    public ParamGroup()
    {
    }

    public IEnumerable<Parameter> Parameters { get; set; } = [];

    public OptimizerOptions Options { get; set; } = null!;

    public double LearningRate
    {
        get => Options.LearningRate ?? double.NaN;
        set => Options.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Options.InitialLearningRate ?? double.NaN;
        set => Options.InitialLearningRate = value;
    }
}

public class ParamGroup<TOptions> : ParamGroup
    where TOptions : OptimizerOptions
{
    public ParamGroup()
    {
    }

    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        Options = options!;
    }

    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}

/// <summary>Keeps the state of every parameter by its place in the groups; saved states restore to the same bits.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private protected OptimizerHelper()
    {
    }

    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location));
        save_state_dict(writer);
    }

    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        load_state_dict(reader);
    }

    public void save_state_dict(BinaryWriter writer) => SaveState(writer);

    public void load_state_dict(BinaryReader reader) => LoadState(reader);

    private protected abstract void SaveState(BinaryWriter writer);

    private protected abstract void LoadState(BinaryReader reader);
}
