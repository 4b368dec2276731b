using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>Keys and values of all tokens seen: grows by 2 · KV · dh numbers a token.</summary>
internal class KvCache : MixerState
{
    private Tensor? _keys;
    private Tensor? _values;

    /// <summary>Tokens seen.</summary>
    public long Count => _keys?.shape[1] ?? 0;

    /// <summary>[B, T, KV, dh]</summary>
    public Tensor Keys => _keys!;

    /// <summary>[B, T, KV, dh]</summary>
    public Tensor Values => _values!;

    public override long Bytes => _keys is null ? 0 : 2 * _keys.numel() * _keys.ElementSize;

    /// <summary>Adds keys and values of further tokens; the cache owns the result.</summary>
    public void Append(Tensor keys, Tensor values)
    {
        Append(ref _keys, keys);
        Append(ref _values, values);
    }

    protected override void Dispose(bool disposing)
    {
        _keys?.Dispose();
        _values?.Dispose();
    }
}
