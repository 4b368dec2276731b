using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<(string Name, nn.IModule<Tensor, Tensor> Module)> _steps = [];

    internal Sequential(IEnumerable<(string Name, nn.IModule<Tensor, Tensor> Module)> steps)
        : base(nameof(Sequential))
    {
        foreach (var (name, module) in steps)
        {
            append(name, module);
        }
    }

    public int Count => _steps.Count;

    public nn.IModule<Tensor, Tensor> this[int index] => _steps[index].Module;

    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        register_module(name, (nn.Module)module);
        _steps.Add((name, module));
        return this;
    }

    public Sequential append(nn.IModule<Tensor, Tensor> module) => append(_steps.Count.ToString(CultureInfo.InvariantCulture), module);

    /// <summary>What one step made is disposed when the next has used it, unless autograd needs it.</summary>
    public override Tensor forward(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var result = tensor.alias();
        foreach (var (_, module) in _steps)
        {
            result = module.call(result);
        }

        return result.MoveToOuterDisposeScope();
    }
}
