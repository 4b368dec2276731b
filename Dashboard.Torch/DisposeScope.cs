namespace TorchSharp;

/// <summary>Disposes everything that was made while it was open on its thread, unless it was moved out or detached.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _current;

    private readonly List<IDisposable> _members = [];
    private DisposeScope? _outer;
    private bool _closed;

    internal DisposeScope()
    {
        _outer = _current;
        _current = this;
    }

    internal static DisposeScope? Current => _current;

    public int DisposablesCount => _members.Count;

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        Move(disposable, _outer);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(disposable, _outer);
        }
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Move(disposable, null);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (Detach(first), Detach(second));

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (Detach(first), Detach(second), Detach(third));

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(disposable, null);
        }
    }

    public void Attach(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
        {
            tensor.MoveToOtherDisposeScope(this);
        }
        else if (!_members.Contains(disposable))
        {
            _members.Add(disposable);
        }
    }

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var list = disposables.ToList();
        list.ForEach(Attach);
        return list;
    }

    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        Unlink();
        foreach (var member in _members)
        {
            if (member is torch.Tensor tensor)
            {
                tensor.Free();
            }
            else
            {
                member.Dispose();
            }
        }

        _members.Clear();
    }

    internal void Add(torch.Tensor tensor)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        tensor.SetOwner(this, _members.Count);
        _members.Add(tensor);
    }

    /// <summary>Forgets a tensor in constant time: the last member takes its place.</summary>
    internal void Remove(torch.Tensor tensor)
    {
        if (!_closed)
        {
            RemoveAt(tensor.Slot);
        }
    }

    private void RemoveAt(int slot)
    {
        var last = _members[^1];
        _members[slot] = last;
        if (last is torch.Tensor moved)
        {
            moved.Slot = slot;
        }

        _members.RemoveAt(_members.Count - 1);
    }

    private void Move(IDisposable disposable, DisposeScope? target)
    {
        if (disposable is torch.Tensor tensor)
        {
            if (tensor.Owner == this)
            {
                tensor.MoveToOtherDisposeScope(target);
            }

            return;
        }

        var slot = _members.LastIndexOf(disposable);
        if (slot >= 0)
        {
            RemoveAt(slot);
            target?.Attach(disposable);
        }
    }

    private void Unlink()
    {
        if (_current == this)
        {
            _current = _outer;
            return;
        }

        for (var scope = _current; scope is not null; scope = scope._outer)
        {
            if (scope._outer == this)
            {
                scope._outer = _outer;
                return;
            }
        }
    }
}
