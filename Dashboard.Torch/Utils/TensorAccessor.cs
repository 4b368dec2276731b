using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor in host memory, in the order of its logical shape, whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly T* _data;
    private readonly long[] _shape;
    private readonly long[] _stride;
    private readonly bool _contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _data = (T*)tensor.HostData(requireContiguous: false);
        _shape = tensor.shape;
        _stride = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.numel();
    }

    public long Count { get; }

    public T this[params long[] indices]
    {
        get => *At(indices);
        set => *At(indices) = value;
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = checked((int)Math.Min(Count - tensorIndex, int.MaxValue));
        var target = array[arrayIndex..];
        if (_contiguous)
        {
            new ReadOnlySpan<T>(Alive() + tensorIndex, count).CopyTo(target);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                target[i] = *Linear(tensorIndex + i);
            }
        }

        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        for (var i = 0; i < count; i++)
        {
            *Linear(tensorIndex + i) = array[arrayIndex + i];
        }

        GC.KeepAlive(_tensor);
    }

    /// <summary>Nothing to free: the elements belong to the tensor.</summary>
    public void Dispose()
    {
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0L; i < Count; i++)
        {
            yield return Read(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T Read(long index) => *Linear(index);

    private T* Alive()
    {
        ObjectDisposedException.ThrowIf(_tensor.IsInvalid, _tensor);
        return _data;
    }

    private T* At(long[] indices)
    {
        if (indices.Length != _shape.Length)
        {
            throw new ArgumentException($"The tensor has {_shape.Length} dimensions, not {indices.Length}.", nameof(indices));
        }

        var offset = 0L;
        for (var d = 0; d < indices.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= _shape[d])
            {
                throw new ArgumentOutOfRangeException(nameof(indices), indices[d], $"Dimension {d} has the size {_shape[d]}.");
            }

            offset += indices[d] * _stride[d];
        }

        return Alive() + offset;
    }

    private T* Linear(long index)
    {
        if (_contiguous)
        {
            return Alive() + index;
        }

        var offset = 0L;
        for (var d = _shape.Length - 1; d >= 0; d--)
        {
            offset += index % _shape[d] * _stride[d];
            index /= _shape[d];
        }

        return Alive() + offset;
    }
}
