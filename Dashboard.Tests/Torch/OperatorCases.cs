using TorchSharp;
using static Crossbench.Tests.Torch.ElementwiseCases;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

/// <summary>The operators with every type that they take on the left and on the right.</summary>
internal static class OperatorCases
{
    private static readonly Scalar Half = 0.5;

    internal static OpCase[] All =>
    [
        .. Arithmetic("op_Addition", (a, b) => a + b, (a, b) => a + b),
        Unary("op_Addition Scalar", a => a + Half, a => a + 0.5), Unary("op_Addition Scalar left", a => Half + a, a => 0.5 + a),
        Unary("op_Addition int", a => a + 2, a => a + 2), Unary("op_Addition int left", a => 2 + a, a => 2 + a),
        Unary("op_Addition long", a => a + 2L, a => a + 2), Unary("op_Addition long left", a => 2L + a, a => 2 + a),
        Unary("op_Addition float", a => a + 0.5f, a => a + 0.5), Unary("op_Addition float left", a => 0.5f + a, a => 0.5 + a),
        Unary("op_Addition double", a => a + 0.1, a => a + 0.1), Unary("op_Addition double left", a => 0.1 + a, a => 0.1 + a),
        .. Arithmetic("op_Subtraction", (a, b) => a - b, (a, b) => a - b),
        Unary("op_Subtraction Scalar", a => a - Half, a => a - 0.5), Unary("op_Subtraction Scalar left", a => Half - a, a => 0.5 - a),
        Unary("op_Subtraction int", a => a - 2, a => a - 2), Unary("op_Subtraction int left", a => 2 - a, a => 2 - a),
        Unary("op_Subtraction long", a => a - 2L, a => a - 2), Unary("op_Subtraction long left", a => 2L - a, a => 2 - a),
        Unary("op_Subtraction float", a => a - 0.5f, a => a - 0.5), Unary("op_Subtraction float left", a => 0.5f - a, a => 0.5 - a),
        Unary("op_Subtraction double", a => a - 0.1, a => a - 0.1), Unary("op_Subtraction double left", a => 0.1 - a, a => 0.1 - a),
        .. Arithmetic("op_Multiply", (a, b) => a * b, (a, b) => a * b),
        Unary("op_Multiply Scalar", a => a * Half, a => a * 0.5), Unary("op_Multiply Scalar left", a => Half * a, a => 0.5 * a),
        Unary("op_Multiply int", a => a * 2, a => a * 2), Unary("op_Multiply int left", a => 2 * a, a => 2 * a),
        Unary("op_Multiply long", a => a * 2L, a => a * 2), Unary("op_Multiply long left", a => 2L * a, a => 2 * a),
        Unary("op_Multiply float", a => a * 0.5f, a => a * 0.5), Unary("op_Multiply float left", a => 0.5f * a, a => 0.5 * a),
        Unary("op_Multiply double", a => a * 0.1, a => a * 0.1), Unary("op_Multiply double left", a => 0.1 * a, a => 0.1 * a),
        .. Arithmetic("op_Division", (a, b) => a / b, (a, b) => a / b),
        Unary("op_Division Scalar", a => a / Half, a => a / 0.5), Unary("op_Division Scalar left", a => Half / a, a => 0.5 / a),
        Unary("op_Division int", a => a / 3, a => a / 3), Unary("op_Division int left", a => 3 / a, a => 3 / a),
        Unary("op_Division long", a => a / 3L, a => a / 3), Unary("op_Division long left", a => 3L / a, a => 3 / a),
        Unary("op_Division float", a => a / 0.5f, a => a / 0.5), Unary("op_Division float left", a => 0.5f / a, a => 0.5 / a),
        Unary("op_Division double", a => a / 0.3, a => a / 0.3), Unary("op_Division double left", a => 0.3 / a, a => 0.3 / a),
        Jumping("op_Modulus", (a, b) => a % b, Modulus),
        Jump("op_Modulus Scalar", a => a % Half, a => Modulus(a, 0.5)),
        Jump("op_Modulus int", a => a % 1, a => Modulus(a, 1)), Jump("op_Modulus long", a => a % 1L, a => Modulus(a, 1)),
        Jump("op_Modulus float", a => a % 0.5f, a => Modulus(a, 0.5)), Jump("op_Modulus double", a => a % 0.7, a => Modulus(a, 0.7)),
        Unary("op_UnaryNegation", a => -a, a => -a),
        .. Comparison("op_Equality", (a, b) => a == b, (a, b) => a == b, (a, b) => b == a, (a, b) => a == b),
        .. Comparison("op_Inequality", (a, b) => a != b, (a, b) => a != b, (a, b) => b != a, (a, b) => a != b),
        .. Comparison("op_LessThan", (a, b) => a < b, (a, b) => a < b, (a, b) => b > a, (a, b) => a < b),
        .. Comparison("op_LessThanOrEqual", (a, b) => a <= b, (a, b) => a <= b, (a, b) => b >= a, (a, b) => a <= b),
        .. Comparison("op_GreaterThan", (a, b) => a > b, (a, b) => a > b, (a, b) => b < a, (a, b) => a > b),
        .. Comparison("op_GreaterThanOrEqual", (a, b) => a >= b, (a, b) => a >= b, (a, b) => b <= a, (a, b) => a >= b),
        Bits("op_BitwiseAnd", (a, b) => a & b, (a, b) => a & b),
        Bits("op_BitwiseOr", (a, b) => a | b, (a, b) => a | b),
        Bits("op_ExclusiveOr", (a, b) => a ^ b, (a, b) => a ^ b),
        Jumps("op_OnesComplement", t => ~Long(t[0]), x => x[0].Map(v => ~(long)v), Whole(9, 3, 4)),
        Jumps("op_OnesComplement bool", t => ~(t[0] > 0), x => x[0].Map(v => ToDouble(v <= 0)), In(3, 4)),
    ];

    private static OpCase[] Arithmetic(string name, Func<Tensor, Tensor, Tensor> run, Func<double, double, double> slow) => [Binary(name, run, slow)];

    private static OpCase Jumping(string name, Func<Tensor, Tensor, Tensor> run, Func<double, double, double> slow) => Binary(name, run, slow) with { Smooth = false };

    private static OpCase Jump(string name, Func<Tensor, Tensor> run, Func<double, double> slow) => Unary(name, run, slow) with { Smooth = false };

    private static double Modulus(double a, double b) => a - (b * Math.Floor(a / b));

    /// <summary>Two tensors, a tensor with a scalar on the right, and with the mirrored operator a scalar on the left.</summary>
    private static OpCase[] Comparison(
        string name, Func<Tensor, Tensor, Tensor> tensors, Func<Tensor, Scalar, Tensor> right, Func<Tensor, Scalar, Tensor> left, Func<double, double, bool> slow) =>
    [
        Jumps(name, t => tensors(t[0], t[1]), x => Nd.Zip(x[0], x[1], (a, b) => ToDouble(slow(a, b))), Whole(3, 4, 5), Whole(3, 5)),
        Jumps(name + " scalar", t => right(t[0], 1), x => x[0].Map(a => ToDouble(slow(a, 1))), Whole(3, 4, 5)),
        Jumps(name + " mirrored", t => left(t[0], 1), x => x[0].Map(a => ToDouble(slow(a, 1))), Whole(3, 4, 5)),
    ];

    private static OpCase Bits(string name, Func<Tensor, Tensor, Tensor> run, Func<long, long, long> slow)
        => Jumps(name, t => run(Long(t[0]), Long(t[1])), x => Nd.Zip(x[0], x[1], (a, b) => slow((long)a, (long)b)), Whole(16, 3, 4), Whole(16, 4));
}
