using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What one optimizer keeps of one parameter: the number of steps and moments of the parameter's size.</summary>
internal sealed class OptimizerState : IDisposable
{
    private readonly Tensor[] _moments;

    internal OptimizerState(Parameter parameter, int moments)
    {
        using var noGrad = no_grad();
        _moments = [.. Enumerable.Range(0, moments).Select(_ => zeros_like(parameter).DetachFromDisposeScope())];
    }

    internal long Step { get; set; }

    internal nint Moment(int index) => _moments[index].Handle;

    public void Dispose() => Array.ForEach(_moments, m => m.Dispose());

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Step);
        writer.Write(_moments.Length);
        foreach (var moment in _moments)
        {
            using var host = moment.cpu();
            writer.Write((int)host.dtype);
            writer.Write(host.numel());
            writer.Write(host.bytes);
        }
    }

    internal void Load(BinaryReader reader)
    {
        var step = reader.ReadInt64();
        Expect("moments", reader.ReadInt32(), _moments.Length);
        foreach (var moment in _moments)
        {
            Expect("element type", reader.ReadInt32(), (int)moment.dtype);
            Expect("elements", reader.ReadInt64(), moment.numel());
            using var host = moment.to(CPU, copy: true);
            reader.BaseStream.ReadExactly(host.bytes);
            moment.copy_(host);
        }

        Step = step;
    }

    private static void Expect(string what, long found, long expected)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"The saved optimizer state has {what} {found}, this optimizer {expected}: it is of another model or optimizer.");
        }
    }
}

/// <summary>The parameters of one group that have a gradient, and their state, as arrays for the native step.</summary>
internal sealed class StepArrays : IDisposable
{
    internal StepArrays(IEnumerable<Parameter> parameters, Func<Parameter, OptimizerState> stateOf, int moments)
    {
        var members = new List<(nint Parameter, nint Grad, OptimizerState State)>();
        foreach (var parameter in parameters)
        {
            var grad = parameter.GradHandle();
            if (grad != 0)
            {
                var state = stateOf(parameter);
                state.Step++;
                members.Add((parameter.Handle, grad, state));
            }
        }

        Parameters = [.. members.Select(m => m.Parameter)];
        Grads = [.. members.Select(m => m.Grad)];
        Steps = [.. members.Select(m => m.State.Step)];
        Moments = [.. Enumerable.Range(0, moments).Select(i => members.Select(m => m.State.Moment(i)).ToArray())];
    }

    internal nint[] Parameters { get; }

    internal nint[] Grads { get; }

    internal long[] Steps { get; }

    internal nint[][] Moments { get; }

    public void Dispose() => Array.ForEach(Grads, NativeMethods.xb_delete);
}
