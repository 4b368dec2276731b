using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Linear : nn.Module<Tensor, Tensor>
{
    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        SetOwn(nameof(weight), weight);
        SetOwn(nameof(bias), bias);
    }

    public Parameter? bias
    {
        get => Own(nameof(bias));
        set => SetOwn(nameof(bias), value);
    }

    public Parameter weight
    {
        get => Own(nameof(weight))!;
        set => SetOwn(nameof(weight), value);
    }

    public long in_features => weight.size(1);

    public long out_features => weight.size(0);

    public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
}
