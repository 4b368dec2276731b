using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private readonly long _padding;
    private readonly bool _scaleByFrequency;
    private readonly bool _sparse;

    internal Embedding(Parameter weight, long? padding, bool scaleByFrequency, bool sparse)
        : base(nameof(Embedding))
    {
        SetOwn(nameof(weight), weight);
        _padding = padding is { } index ? (index < 0 ? weight.size(0) + index : index) : -1;
        _scaleByFrequency = scaleByFrequency;
        _sparse = sparse;
        if (_padding >= 0)
        {
            using var noGrad = no_grad();
            using var row = weight.select(0, _padding);
            row.zero_();
        }
    }

    public Parameter? weight
    {
        get => Own(nameof(weight));
        set => SetOwn(nameof(weight), value);
    }

    public override Tensor forward(Tensor input)
    {
        var table = weight ?? throw new InvalidOperationException("The embedding has no weight.");
        return Tensor.Result(NativeMethods.xb_embedding(table.Handle, input.Handle, _padding, _scaleByFrequency ? 1 : 0, _sparse ? 1 : 0), table, input);
    }
}
