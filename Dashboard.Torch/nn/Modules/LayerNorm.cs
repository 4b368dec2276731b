using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    internal LayerNorm(long[] normalizedShape, double eps, bool affine, bool withBias, Device? device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        normalized_shape = normalizedShape;
        this.eps = eps;
        elementwise_affine = affine;
        if (affine)
        {
            SetOwn(nameof(weight), new Parameter(ones(normalizedShape, dtype, device)));
            SetOwn(nameof(bias), withBias ? new Parameter(zeros(normalizedShape, dtype, device)) : null);
        }
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

    public long[] normalized_shape { get; set; }

    public double eps { get; set; }

    public bool elementwise_affine { get; set; }

    public void reset_parameters()
    {
        if (Own(nameof(weight)) is { } gain)
        {
            nn.init.ones_(gain);
        }

        if (bias is { } shift)
        {
            nn.init.zeros_(shift);
        }
    }

    public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, Own(nameof(weight)), bias, eps);
}
