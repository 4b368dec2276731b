using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Models;

namespace Crossbench.Training;

/// <summary>
/// The <c>config.json</c> of a checkpoint: the sizes under the keys of Hugging Face, so that other tools can read the weights beside it, and the run's whole
/// specification under <c>crossbench</c>. A model that computes what a published class computes says so by <c>model_type</c> and <c>architectures</c>.
/// </summary>
internal static class CheckpointConfig
{
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>The text of the file.</summary>
    public static string Write(RunSpec spec, long step)
    {
        var architecture = ModelZoo.Find(spec.Architecture.Id)!;
        var (shape, options) = (spec.Shape, spec.Architecture.Options);
        var backbone = architecture.BackboneOf(shape, options);
        var published = architecture.PublishedAs(shape, options);
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(published?.Class ?? architecture.GetType().Name + "ForCausalLM"),
            ["model_type"] = published?.ModelType ?? "crossbench-" + architecture.Id,
            ["vocab_size"] = SpecValidator.VocabularyOf(spec),
            ["hidden_size"] = shape.Width,
            ["intermediate_size"] = shape.Ffn,
            ["num_hidden_layers"] = shape.Layers,
            ["num_attention_heads"] = shape.Heads,
            ["num_key_value_heads"] = shape.KvHeads,
            ["head_dim"] = shape.HeadWidth,
            ["max_position_embeddings"] = shape.ContextLength,
            ["hidden_act"] = "silu",
            ["rms_norm_eps"] = backbone.NormEpsilon,
            ["rope_theta"] = shape.RopeBase,
            ["rope_scaling"] = null,
            ["attention_bias"] = shape.Bias,
            ["mlp_bias"] = false,
            ["tie_word_embeddings"] = backbone.TiedHead,
            ["initializer_range"] = backbone.InitialDeviation,
            ["torch_dtype"] = "float32",
            ["crossbench"] = new JsonObject { ["step"] = step, ["spec"] = JsonNode.Parse(RunSpecJson.Write(spec)) },
        };
        return json.ToJsonString(Indented);
    }
}
