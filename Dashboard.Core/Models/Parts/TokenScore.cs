using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>One number for each token, w · x: [B, T, d] → [B, T]. Its parameter <c>weight</c> is the vector w, [d].</summary>
internal sealed class TokenScore : Module<Tensor, ForwardContext, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <summary>A score of vectors of this width.</summary>
    public TokenScore(long width) : base("score")
    {
        _weight = new Parameter(zeros(width));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) => context.Kernels.Linear(x, _weight.unsqueeze(0)).squeeze(-1); // [B, T]
}
