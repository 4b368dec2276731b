namespace TorchSharp;

public static unsafe partial class torch
{
    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
    {
        fixed (long* sizes = size)
        {
            return Tensor.Result(NativeMethods.xb_rand(sizes, size.Length, Generator.HandleOf(generator), Options(dtype, device, requires_grad, names)), generator);
        }
    }

    public static Tensor rand(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => rand([size], dtype, device, requires_grad, generator, names);

    public static Tensor rand(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => rand([rows, columns], dtype, device, requires_grad, generator, names);

    public static Tensor rand(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => rand([dim0, dim1, dim2], dtype, device, requires_grad, generator, names);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Tensor.Result(NativeMethods.xb_rand_like(input.Handle, LikeOptions(dtype, device, requires_grad)), input);

    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
    {
        fixed (long* sizes = size)
        {
            return Tensor.Result(NativeMethods.xb_randn(sizes, size.Length, Generator.HandleOf(generator), Options(dtype, device, requires_grad, names)), generator);
        }
    }

    public static Tensor randn(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randn([size], dtype, device, requires_grad, generator, names);

    public static Tensor randn(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randn([rows, columns], dtype, device, requires_grad, generator, names);

    public static Tensor randn(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randn([dim0, dim1, dim2], dtype, device, requires_grad, generator, names);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Tensor.Result(NativeMethods.xb_randn_like(input.Handle, LikeOptions(dtype, device, requires_grad)), input);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
    {
        fixed (long* sizes = size)
        {
            var options = Options(dtype ?? ScalarType.Int64, device, requires_grad, names);
            return Tensor.Result(NativeMethods.xb_randint(low, high, sizes, size.Length, Generator.HandleOf(generator), options), generator);
        }
    }

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
        => Tensor.Result(NativeMethods.xb_randperm(n, Generator.HandleOf(generator), Options(dtype ?? ScalarType.Int64, device, requires_grad)), generator);

    public static Tensor randperm(long n, Tensor @out, Generator? generator = null)
        => @out.Done(NativeMethods.xb_randperm_out(n, @out.Handle, Generator.HandleOf(generator)), generator);

    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) => input.multinomial(num_samples, replacement, generator);

    public static Generator manual_seed(long seed)
    {
        NativeMethods.Check(NativeMethods.xb_manual_seed(seed));
        return Generator.Default;
    }

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }
}
