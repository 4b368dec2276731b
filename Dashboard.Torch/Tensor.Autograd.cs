namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public bool requires_grad
        {
            get => Kept(NativeMethods.xb_requires_grad(Handle)) != 0;
            set => Done(NativeMethods.xb_set_requires_grad(Handle, value ? 1 : 0));
        }

        public Tensor? grad
        {
            get
            {
                var handle = GradHandle();
                return handle == 0 ? null : new Tensor(handle);
            }

            set => Done(NativeMethods.xb_set_grad(Handle, HandleOf(value)), value);
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor detach() => Result(NativeMethods.xb_detach(Handle), this);

        public Tensor detach_() => Done(NativeMethods.xb_detach_(Handle));

        public void backward()
        {
            var handle = Handle;
            Done(NativeMethods.xb_backward(&handle, 1, null, 0, 0, 0, null, 0));
        }

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null)
            => autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>The gradient's own handle, which the caller frees, or 0.</summary>
        internal nint GradHandle() => Kept(NativeMethods.xb_grad(Handle));
    }

    public static unsafe class autograd
    {
        public static IList<Tensor> grad(
            IList<Tensor> outputs,
            IList<Tensor> inputs,
            IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false,
            bool allow_unused = false)
        {
            var of = Handles(outputs);
            var by = Handles(inputs);
            var from = Handles(grad_outputs);
            var found = new nint[by.Length];
            fixed (nint* o = of, i = by, g = from, r = found)
            {
                NativeMethods.Check(NativeMethods.xb_autograd_grad(o, of.Length, i, by.Length, g, from.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, r));
            }

            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(found, h => h == 0 ? null! : new Tensor(h));
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            var of = Handles(tensors);
            var from = Handles(grad_tensors);
            var by = Handles(inputs);
            var retain = retain_graph is { } keep ? (keep ? 1 : 0) : -1;
            fixed (nint* o = of, g = from, i = by)
            {
                NativeMethods.Check(NativeMethods.xb_backward(o, of.Length, g, from.Length, retain, create_graph ? 1 : 0, i, by.Length));
            }

            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
            => backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
            => backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);
    }

    /// <summary>Handles of a list of tensors; the caller keeps the list alive.</summary>
    internal static nint[] Handles(IEnumerable<Tensor>? tensors) => tensors is null ? [] : [.. tensors.Select(t => t.Handle)];
}
