using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// One update of the holographic state, each head by itself: Ŝ = S + α f(S) with f(S) = LN_post(W2 SiLU(W1 LN_pre(S) + b1) + b2). Norming the sum would wipe
/// out what it has collected, so only the update is normed: [B, T, ds] → [B, T, ds].
/// </summary>
internal sealed class StateCell : Module<Tensor, ForwardContext, Tensor>
{
    /// <summary>Name of the module.</summary>
    public const string ModuleName = "state_cell";

    private const string Step = "step";
    private readonly HolographicShape _shape;

    [ComponentName(Name = "w1")]
    private readonly Parameter _w1;

    [ComponentName(Name = "b1")]
    private readonly Parameter _b1;

    [ComponentName(Name = "w2")]
    private readonly Parameter _w2;

    [ComponentName(Name = "b2")]
    private readonly Parameter _b2;

    [ComponentName(Name = "step")]
    private readonly Parameter _step;

    [ComponentName(Name = "ln_pre")]
    private readonly StateNorm _before;

    [ComponentName(Name = "ln_post")]
    private readonly StateNorm _after;

    public StateCell(HolographicShape shape) : base(ModuleName)
    {
        _shape = shape;
        var (heads, width, inner) = (shape.StateHeads, shape.HeadWidth, shape.CellMult * shape.HeadWidth);
        _w1 = new Parameter(zeros(heads, inner, width));
        _b1 = new Parameter(zeros(heads, inner));
        _w2 = new Parameter(zeros(heads, width, inner));
        _b2 = new Parameter(zeros(heads, width));
        _step = new Parameter(zeros(heads));
        _before = new StateNorm(heads, width);
        _after = new StateNorm(heads, width);
        RegisterComponents();
    }

    /// <summary>Where it can be intervened on.</summary>
    public static AblationPoint Point { get; } = new(Step, "Steps α of the state cell; 0 leaves the state as it was collected.") { Weights = ["state_cell.w1", "state_cell.w2"] };

    /// <summary>Steps α of the heads.</summary>
    public Tensor Steps => _step;

    /// <summary>Its parameters, with names relative to the layer.</summary>
    public static IEnumerable<ParameterShape> Parameters(HolographicShape shape)
    {
        const string Part = "State cells";
        var (all, heads, width) = (shape.StateExtent, shape.HeadsExtent, shape.HeadExtent);
        var inner = Extent.Of("c", "cell width factor", shape.CellMult) * width;
        var zero = new Initial.Constant(0);
        return
        [
            new("state_cell.w1", [heads, inner, width], Part),
            new("state_cell.b1", [heads, inner], Part) { Initial = zero, Decays = false },
            new("state_cell.w2", [heads, width, inner], Part),
            new("state_cell.b2", [heads, width], Part) { Initial = zero, Decays = false },
            new("state_cell.step", [heads], Part) { Initial = new Initial.Constant(shape.StepInit) },
            new("state_cell.ln_pre.weight", [all], Part),
            new("state_cell.ln_pre.bias", [all], Part),
            new("state_cell.ln_post.weight", [all], Part),
            new("state_cell.ln_post.bias", [all], Part),
        ];
    }

    /// <summary>Its forward operations per token.</summary>
    public static double Flops(HolographicShape shape) => 4.0 * shape.StateWidth * shape.CellMult * shape.HeadWidth;

    /// <inheritdoc/>
    public override Tensor forward(Tensor state, ForwardContext context)
    {
        var kernels = context.Kernels;
        var heads = state.view(-1, _shape.StateHeads, _shape.HeadWidth);                            // [B·T, Hs, w]
        var normed = _before.call(heads).transpose(0, 1);                                           // [Hs, B·T, w]
        var inner = functional.silu(kernels.Product(normed, _w1.transpose(1, 2)) + _b1.unsqueeze(1)); // [Hs, B·T, m]
        var outer = kernels.Product(inner, _w2.transpose(1, 2)) + _b2.unsqueeze(1);                 // [Hs, B·T, w]
        var update = _after.call(outer.transpose(0, 1));                                            // [B·T, Hs, w]
        var step = context.Intervene(Step, _step.view(1, -1, 1));                                   // [1, Hs, 1]
        return (heads + (step * update)).view(state.shape);                                         // [B, T, ds]
    }

    /// <summary>Layer norm of each head with weights and biases of its own, ε = 1e-5.</summary>
    private sealed class StateNorm : Module<Tensor, Tensor>
    {
        private readonly long _heads;
        private readonly long _width;

        [ComponentName(Name = "weight")]
        private readonly Parameter _weight;

        [ComponentName(Name = "bias")]
        private readonly Parameter _bias;

        public StateNorm(long heads, long width) : base("norm")
        {
            (_heads, _width) = (heads, width);
            _weight = new Parameter(ones(heads * width));
            _bias = new Parameter(zeros(heads * width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var normed = functional.layer_norm(x, [_width], eps: 1e-5);                             // [..., Hs, w]
            return _bias.view(_heads, _width).addcmul(normed, _weight.view(_heads, _width), 1);
        }
    }
}
