namespace TorchSharp;

public static partial class torch
{
    public readonly struct TensorIndex
    {
        public static TensorIndex Ellipsis = new(Kind.Ellipsis);
        public static TensorIndex None = new(Kind.None);
        public static TensorIndex Null = new(Kind.None);
        public static TensorIndex Colon = Slice();

        private const long Absent = long.MinValue;

        private readonly Kind _kind;
        private readonly long _a;
        private readonly long _b;
        private readonly long _c;
        private readonly Tensor? _tensor;

        private TensorIndex(Kind kind, long a = 0, long b = 0, long c = 0, Tensor? tensor = null)
        {
            _kind = kind;
            _a = a;
            _b = b;
            _c = c;
            _tensor = tensor;
        }

        private enum Kind
        {
            None,
            Ellipsis,
            Single,
            Bool,
            Slice,
            Tensor,
        }

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start ?? Absent, stop ?? Absent, step ?? Absent);

        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end);

        public static TensorIndex Slice(Range range)
        {
            long? start = range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value;
            long? stop = range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value;
            return Slice(start, stop);
        }

        public static TensorIndex Bool(bool value) => new(Kind.Bool, value ? 1 : 0);

        public static TensorIndex Single(long? index) => index is { } i ? new(Kind.Single, i) : None;

        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, tensor: tensor);

        internal NativeIndex Native => new((long)_kind, _a, _b, _c, _tensor?.Handle ?? 0);
    }
}
