using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Parts;

namespace Crossbench.Tests.Support;

/// <summary>Llama without additions, which architectures on its backbone are compared with.</summary>
internal sealed class PlainLlama : LlamaArchitecture<GqaOptions>
{
    public override string Id => "plain-llama";

    public override string Title => "Llama";

    public override string Summary => "Llama without additions.";

    public override ArchitectureFamily Family => ArchitectureFamily.Attention;

    public override IReadOnlyList<Equation> Equations => [];

    public override IReadOnlyList<Reading> Readings => [];

    protected override RopeScaling ScalingOf(GqaOptions options) => RopeScaling.None;

    protected override IEnumerable<ParameterShape> AddedParameters(int layer, ModelShape shape, GqaOptions options) => [];

    protected override Block CreateBlock(LayerContext layer, GqaOptions options) =>
        new PreNormBlock(layer, new GroupedQueryAttention(layer, options.Dropout));

    protected override double BlockFlops(int layer, ModelShape shape, GqaOptions options) => GroupedQueryMixer.Flops(shape) + SwiGlu.Flops(shape);

    protected override long BlockStateBytes(int layer, ModelShape shape, GqaOptions options) => GroupedQueryMixer.StateBytes(shape);
}
