namespace TorchSharp;

public static unsafe partial class torch
{
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);

    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    public static Tensor outer(Tensor input, Tensor vec2) => Tensor.Result(NativeMethods.xb_outer(input.Handle, vec2.Handle), input, vec2);

    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
    {
        var result = NativeMethods.xb_allclose(tensor.Handle, target.Handle, rtol, atol, equal_nan ? 1 : 0);
        GC.KeepAlive(tensor);
        GC.KeepAlive(target);
        NativeMethods.Check(result);
        return result != 0;
    }

    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();

    public static Tensor maximum(Tensor input, Tensor other) => input.max(other);

    public static Tensor minimum(Tensor input, Tensor other) => input.min(other);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        var handles = Handles(tensors);
        fixed (nint* list = handles)
        {
            return Tensor.Result(NativeMethods.xb_cat(list, handles.Length, dim), tensors);
        }
    }

    public static Tensor cat(Tensor[] tensors, long dim = 0) => cat((IList<Tensor>)tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var members = tensors as IList<Tensor> ?? tensors.ToList();
        var handles = Handles(members);
        fixed (nint* list = handles)
        {
            return Tensor.Result(NativeMethods.xb_stack(list, handles.Length, dim), members);
        }
    }

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    public static Tensor[] where(Tensor condition)
    {
        nint* list;
        return condition.Results(NativeMethods.xb_where_list(condition.Handle, &list), list);
    }

    public static Tensor einsum(string equation, params Tensor[] tensors)
    {
        var handles = Handles(tensors);
        fixed (nint* list = handles)
        {
            return Tensor.Result(NativeMethods.xb_einsum(equation, list, handles.Length), tensors);
        }
    }

    public static Tensor exp(Tensor input) => input.exp();

    public static Tensor log(Tensor input) => input.log();

    public static Tensor rsqrt(Tensor input) => input.rsqrt();

    public static Tensor sqrt(Tensor input) => input.sqrt();
}
