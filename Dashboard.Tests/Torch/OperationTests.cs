using System.Globalization;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

/// <summary>Every bound operation against loops in double, and its gradients against finite differences.</summary>
public sealed class OperationTests
{
    private const double Step = 1e-6;

    private static readonly OpCase[] All =
    [
        .. ElementwiseCases.All, .. OperatorCases.All, .. ReductionCases.All, .. ShapeCases.All, .. IndexCases.All, .. ProductCases.All, .. FunctionalCases.All,
        .. LossCases.All, .. InPlaceCases.All, .. CreationCases.All,
    ];

    public static TheoryData<string> Names => [.. All.Select(c => c.Name)];

    public static TheoryData<string> SmoothNames => [.. All.Where(c => c.Smooth && c.Inputs.Length > 0).Select(c => c.Name)];

    internal static IEnumerable<string> Members => All.Select(c => c.Member);

    [Theory]
    [MemberData(nameof(Names))]
    public void Operation_InDouble_EqualsTheSlowForm(string name)
    {
        using var scope = NewDisposeScope();
        var op = All.Single(c => c.Name == name);
        Compare(op, ScalarType.Float64, 1e-11);
        if (op.AnyPrecision)
        {
            Compare(op, ScalarType.Float32, 2e-5);
        }
    }

    [Theory]
    [MemberData(nameof(SmoothNames))]
    public void Gradient_InDouble_EqualsFiniteDifferences(string name)
    {
        using var scope = NewDisposeScope();
        var op = All.Single(c => c.Name == name);
        var inputs = op.Inputs.Select(i => i.ToTensor(ScalarType.Float64).requires_grad_()).ToArray();
        var output = op.Run(inputs);
        var weights = Nd.Random(3, 0.5, 1.5, [.. output.shape.Select(s => (int)s)]).ToTensor(ScalarType.Float64);
        var gradients = autograd.grad([output], inputs, [weights], allow_unused: true);
        for (var i = 0; i < inputs.Length; i++)
        {
            var found = gradients[i] is null ? new Nd(new double[op.Inputs[i].Data.Length], op.Inputs[i].Shape) : Nd.Of(gradients[i]);
            Close(name + " gradient of input " + i, Differences(op, i, weights), found, 2e-7);
        }
    }

    private static Nd Differences(OpCase op, int input, Tensor weights)
    {
        double Value(int element, double shift)
        {
            using var scope = NewDisposeScope();
            var moved = op.Inputs.Select((x, i) => i == input ? new Nd([.. x.Data.Select((v, e) => e == element ? v + shift : v)], x.Shape) : x);
            return (op.Run([.. moved.Select(x => x.ToTensor(ScalarType.Float64))]) * weights).sum().item<double>();
        }

        var source = op.Inputs[input];
        return new Nd([.. source.Data.Select((_, e) => (Value(e, Step) - Value(e, -Step)) / (2 * Step))], source.Shape);
    }

    private static void Compare(OpCase op, ScalarType type, double tolerance)
    {
        var found = op.Run([.. op.Inputs.Select(i => i.ToTensor(type))]);
        Close($"{op.Name} in {type}", op.Slow(op.Inputs), Nd.Of(found), tolerance);
    }

    private static void Close(string what, Nd expected, Nd found, double tolerance)
    {
        Assert.True(expected.Shape.SequenceEqual(found.Shape), $"{what}: shape [{string.Join(",", found.Shape)}], not [{string.Join(",", expected.Shape)}]");
        for (var i = 0; i < expected.Data.Length; i++)
        {
            var (e, f) = (expected.Data[i], found.Data[i]);
            var same = e.Equals(f) || Math.Abs(e - f) <= tolerance * (1 + Math.Abs(e));
            Assert.True(same, string.Create(CultureInfo.InvariantCulture, $"{what}: element {i} is {f:R}, not {e:R}"));
        }
    }
}
