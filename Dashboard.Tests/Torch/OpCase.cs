using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

/// <summary>One operation on given inputs, and its slow form. The name starts with the member that it exercises, up to a space.</summary>
internal sealed record OpCase(string Name, Func<Tensor[], Tensor> Run, Func<Nd[], Nd> Slow, params Nd[] Inputs)
{
    /// <summary>Whether gradients are compared with finite differences; not for results that jump or are integers.</summary>
    internal bool Smooth { get; init; } = true;

    /// <summary>Whether the operation exists for float as well; not for integer and boolean inputs.</summary>
    internal bool AnyPrecision { get; init; } = true;

    internal string Member => Name.Split(' ')[0];

    public override string ToString() => Name;

    internal static Nd In(params int[] shape) => Nd.Random(1 + shape.Sum(), -2, 2, shape);

    internal static Nd Other(params int[] shape) => Nd.Random(77 + shape.Sum(), -2, 2, shape);

    internal static Nd Positive(params int[] shape) => Nd.Random(5 + shape.Sum(), 0.3, 2, shape);

    /// <summary>Whole numbers from 0 to high, exclusive.</summary>
    internal static Nd Whole(int high, params int[] shape) => Nd.Random(9 + shape.Sum(), 0, high, shape).Map(Math.Floor);

    internal static Tensor Long(Tensor t) => t.to_type(ScalarType.Int64);

    internal static OpCase Jumps(string name, Func<Tensor[], Tensor> run, Func<Nd[], Nd> slow, params Nd[] inputs) => new(name, run, slow, inputs) { Smooth = false };

    internal static double ToDouble(bool value) => value ? 1 : 0;
}
