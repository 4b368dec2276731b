using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. It belongs to the dispose scope that is open on its thread when it is made, and dies with it;
    /// outside any scope it lives until it is disposed or collected.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long _alive;
        private static long _peak;

        private nint _handle;
        private Orphan? _orphan;

        internal Tensor(nint handle)
        {
            _handle = handle;
            var alive = Interlocked.Increment(ref _alive);
            if (alive > Volatile.Read(ref _peak))
            {
                Volatile.Write(ref _peak, alive);
            }

            var scope = DisposeScope.Current;
            if (scope is null)
            {
                _orphan = new Orphan(handle);
            }
            else
            {
                scope.Add(this);
            }
        }

        public static long TotalCount => Volatile.Read(ref _alive);

        public static long PeakCount => Volatile.Read(ref _peak);

        public bool IsInvalid => _handle == 0;

        public IntPtr Handle
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get
            {
                if (_handle == 0)
                {
                    ThrowDisposed();
                }

                return _handle;
            }
        }

        /// <summary>The scope that disposes this tensor, and the place in it.</summary>
        internal DisposeScope? Owner { get; private set; }

        internal int Slot { get; set; }

        public static Tensor UnsafeCreateTensor(IntPtr handle)
            => handle == 0 ? throw new ArgumentException("A tensor needs a handle that is not zero.", nameof(handle)) : new Tensor(handle);

        public void Dispose()
        {
            Owner?.Remove(this);
            Free();
            GC.SuppressFinalize(this);
        }

        /// <summary>The same object; compare elements with ==, which is element-wise, or torch.allclose.</summary>
        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        public Tensor MoveToOuterDisposeScope()
        {
            Owner?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            Owner?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.Owner);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            Owner?.Remove(this);
            if (other is null)
            {
                SetOwner(null, 0);
            }
            else
            {
                other.Add(this);
            }

            return this;
        }

        /// <summary>Wraps the result of an operation whose arguments must stay alive until it has ended.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Tensor Result(nint handle, object? a = null, object? b = null, object? c = null)
        {
            GC.KeepAlive(a);
            GC.KeepAlive(b);
            GC.KeepAlive(c);
            if (handle == 0)
            {
                NativeMethods.Throw();
            }

            return new Tensor(handle);
        }

        /// <summary>Ends an operation in place: checks its status and gives this tensor back.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Tensor Done(int status, object? b = null, object? c = null)
        {
            GC.KeepAlive(b);
            GC.KeepAlive(c);
            NativeMethods.Check(status);
            GC.KeepAlive(this);
            return this;
        }

        /// <summary>Takes the native tensor away from this object, which becomes invalid.</summary>
        internal nint Release()
        {
            var handle = Handle;
            Owner?.Remove(this);
            Forget();
            return handle;
        }

        /// <summary>Puts another native tensor in the place of this one's, in the same scope.</summary>
        internal void Replace(nint handle)
        {
            NativeMethods.xb_delete(_handle);
            _handle = handle;
            if (_orphan is not null)
            {
                SetOwner(null, 0);
            }
        }

        internal void SetOwner(DisposeScope? owner, int slot)
        {
            Owner = owner;
            Slot = slot;
            _orphan?.Forget();
            _orphan = owner is null && _handle != 0 ? new Orphan(_handle) : null;
        }

        /// <summary>Frees the native tensor; the scope has forgotten this object already, or is ending.</summary>
        internal void Free()
        {
            var handle = _handle;
            if (handle != 0)
            {
                Forget();
                NativeMethods.xb_delete(handle);
            }
        }

        private void Forget()
        {
            _handle = 0;
            Owner = null;
            _orphan?.Forget();
            _orphan = null;
            Interlocked.Decrement(ref _alive);
        }

        private void ThrowDisposed() => throw new ObjectDisposedException(GetType().Name, "This tensor was disposed, by itself or with its dispose scope.");

        /// <summary>The safety net of a tensor outside any scope: only such tensors pay for a finalizer.</summary>
        private sealed class Orphan(nint handle)
        {
            private nint _handle = handle;

            ~Orphan()
            {
                if (_handle != 0)
                {
                    Interlocked.Decrement(ref _alive);
                    NativeMethods.xb_delete(_handle);
                }
            }

            [SuppressMessage("Usage", "CA1816", Justification = "The tensor that owns this net has taken over.")]
            internal void Forget()
            {
                _handle = 0;
                GC.SuppressFinalize(this);
            }
        }
    }
}
