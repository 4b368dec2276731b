using System.Collections;
using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public class ModuleList<T> : nn.Module, IList<T>
    where T : nn.Module
{
    private readonly List<T> _items = [];

    public ModuleList(params T[] modules)
        : base(nameof(ModuleList<T>)) => extend(modules);

    public int Count => _items.Count;

    bool ICollection<T>.IsReadOnly => false;

    public T this[int index]
    {
        get => _items[index];
        set
        {
            _items[index] = value;
            Renumber();
        }
    }

    public void Add(T item)
    {
        register_module(_items.Count.ToString(CultureInfo.InvariantCulture), item);
        _items.Add(item);
    }

    public void append(params T[] parameters) => extend(parameters);

    public void extend(IEnumerable<T> modules)
    {
        foreach (var module in modules)
        {
            Add(module);
        }
    }

    public void Insert(int index, T item)
    {
        _items.Insert(index, item);
        Renumber();
    }

    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<T>.Clear()
    {
        _items.Clear();
        Renumber();
    }

    bool ICollection<T>.Contains(T item) => _items.Contains(item);

    void ICollection<T>.CopyTo(T[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    int IList<T>.IndexOf(T item) => _items.IndexOf(item);

    bool ICollection<T>.Remove(T item)
    {
        var removed = _items.Remove(item);
        Renumber();
        return removed;
    }

    void IList<T>.RemoveAt(int index)
    {
        _items.RemoveAt(index);
        Renumber();
    }

    private void Renumber()
    {
        ClearModules();
        for (var i = 0; i < _items.Count; i++)
        {
            register_module(i.ToString(CultureInfo.InvariantCulture), _items[i]);
        }
    }
}
