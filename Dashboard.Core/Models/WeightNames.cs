using System.Text.RegularExpressions;

namespace Crossbench.Models;

/// <summary>
/// Names of weights in published files. The parts that a model shares with Llama have the names of Hugging Face's Llama there; whatever an architecture adds
/// keeps its own name. Layouts are the same on both sides, so nothing is transposed or permuted.
/// </summary>
public static partial class WeightNames
{
    private static readonly (string Own, string Published)[] Parts =
    [
        ("norm1", "input_layernorm"), ("norm2", "post_attention_layernorm"),
        ("attn.q", "self_attn.q_proj"), ("attn.k", "self_attn.k_proj"), ("attn.v", "self_attn.v_proj"), ("attn.o", "self_attn.o_proj"),
        ("mlp.gate", "mlp.gate_proj"), ("mlp.up", "mlp.up_proj"), ("mlp.down", "mlp.down_proj"),
    ];

    private static readonly Dictionary<string, string> ToPublished = Parts.ToDictionary(part => part.Own, part => part.Published);
    private static readonly Dictionary<string, string> ToOwn = Parts.ToDictionary(part => part.Published, part => part.Own);

    /// <summary>Name in a published file of a tensor of ours.</summary>
    /// <param name="name">Our name: <c>layers.0.attn.q.weight</c>.</param>
    public static string Published(string name) => name switch
    {
        "embed.weight" => "model.embed_tokens.weight",
        "norm.weight" or "norm.bias" => $"model.{name}",
        _ => OwnLayer().Match(name) is { Success: true } layer && ToPublished.TryGetValue(layer.Groups["part"].Value, out var part)
            ? $"model.layers.{layer.Groups["layer"].Value}.{part}.{layer.Groups["kind"].Value}" : name,
    };

    /// <summary>Our name of a tensor in a file; the file may use published names or ours.</summary>
    /// <param name="name">Name in the file.</param>
    public static string Own(string name) => name switch
    {
        "model.embed_tokens.weight" => "embed.weight",
        "model.norm.weight" or "model.norm.bias" => name["model.".Length..],
        _ => PublishedLayer().Match(name) is { Success: true } layer && ToOwn.TryGetValue(layer.Groups["part"].Value, out var part)
            ? $"layers.{layer.Groups["layer"].Value}.{part}.{layer.Groups["kind"].Value}" : name,
    };

    /// <summary>Tensors of a file under our names.</summary>
    /// <exception cref="InvalidDataException">Two names of the file mean the same tensor.</exception>
    public static Dictionary<string, T> Own<T>(string path, IEnumerable<KeyValuePair<string, T>> tensors)
    {
        var own = new Dictionary<string, T>();
        foreach (var (name, tensor) in tensors)
        {
            if (!own.TryAdd(Own(name), tensor))
            {
                throw new InvalidDataException($"{path} holds {Own(name)} twice, under our name and under the published one {Published(Own(name))}. Save it again with one of them.");
            }
        }

        return own;
    }

    [GeneratedRegex(@"^layers\.(?<layer>\d+)\.(?<part>\w+(\.\w+)?)\.(?<kind>weight|bias)$")]
    private static partial Regex OwnLayer();

    [GeneratedRegex(@"^model\.layers\.(?<layer>\d+)\.(?<part>\w+(\.\w+)?)\.(?<kind>weight|bias)$")]
    private static partial Regex PublishedLayer();
}
