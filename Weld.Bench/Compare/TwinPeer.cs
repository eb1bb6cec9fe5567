using System.Runtime.InteropServices;

namespace Weld.Bench.Compare;

/// <summary>C: the functions of Kernels/*.c, compiled when first asked for.</summary>
internal sealed class TwinPeer : Peer
{
    private const string Best = "-O3 -march=native";

    private readonly bool _floatsOnly;
    private readonly string _options;
    private readonly Lazy<(TwinLibrary? Library, string? Absent)> _library;

    private TwinPeer(string name, string options, bool floatsOnly, bool rounds)
    {
        Name = name;
        Rounds = rounds;
        _options = options;
        _floatsOnly = floatsOnly;
        _library = new(() => Load(options));
    }

    public static TwinPeer Plain { get; } = new("C", Best, floatsOnly: false, rounds: true);

    public static TwinPeer FastMath { get; } = new("C fast-math", $"{Best} -ffast-math", floatsOnly: true, rounds: false);

    /// <summary>Sums in any order, but neither contraction to fused operations nor reciprocals, which the language forbids.</summary>
    public static TwinPeer FastSums { get; } =
        new("C fast sums", $"{Best} -ffast-math -ffp-contract=off -fno-reciprocal-math -mrecip=none", floatsOnly: true, rounds: true);

    public override string Name { get; }

    public override bool IsTwin => true;

    public override bool Rounds { get; }

    public override string? Version => _library.Value.Library is { } library ? $"{library.Version}, {_options}" : null;

    public override string? Absent => _library.Value.Absent;

    public override Entry? Enter(Comparison comparison, object[] arguments, int threads) =>
        comparison.Twin is { } function && _library.Value.Library is { } library && (comparison.IsFloat || !_floatsOnly) ? new TwinEntry(library, function, comparison, arguments, threads) : null;

    private static (TwinLibrary?, string?) Load(string options)
    {
        try
        {
            return (TwinLibrary.Build(options), null);
        }
        catch (PlatformNotSupportedException e)
        {
            return (null, e.Message);
        }
    }

    private sealed unsafe class TwinEntry : Entry
    {
        private readonly Comparison _comparison;
        private readonly delegate* unmanaged<void**, long*, void**, int, long> _function;
        private readonly List<GCHandle> _pins = [];
        private readonly Array[] _buffers;
        private readonly nint[] _in;
        private readonly long[] _lengths;
        private readonly nint[] _out;
        private readonly int _threads;

        public TwinEntry(TwinLibrary library, string function, Comparison comparison, object[] arguments, int threads)
        {
            _comparison = comparison;
            _function = library.Find(function);
            _threads = threads;
            var bound = arguments.Select(Bind).ToArray();
            _in = [.. bound.Select(b => b.Address)];
            _lengths = [.. bound.Select(b => b.Length)];
            _buffers = comparison.Buffers(arguments);
            _out = [.. _buffers.Select(Pin)];
        }

        public override void Run() => Call();

        public override Array[] Answer() => _comparison.ReadTwin(_buffers, checked((int)Call()));

        public override void Dispose() => _pins.ForEach(p => p.Free());

        private long Call()
        {
            fixed (nint* arguments = _in, buffers = _out)
            {
                fixed (long* lengths = _lengths)
                {
                    return _function((void**)arguments, lengths, (void**)buffers, _threads);
                }
            }
        }

        private (nint Address, long Length) Bind(object argument) => argument switch
        {
            Texts(var bytes, var offsets) => Slices(Pin(bytes), 1, offsets.Length - 1, row => (offsets[row], offsets[row + 1] - offsets[row])),
            Matrix(var values, var columns) => Slices(Pin(values), sizeof(double), values.Length / columns, row => (row * columns, columns)),
            Array array => (Pin(array), array.Length),
            _ => (Pin(argument), 1),
        };

        private (nint Address, long Length) Slices(nint data, int size, int count, Func<int, (int Start, int Length)> slice)
        {
            var slices = new long[2 * count];
            for (var i = 0; i < count; i++)
            {
                var (start, length) = slice(i);
                slices[2 * i] = data + ((nint)start * size);
                slices[(2 * i) + 1] = length;
            }

            return (Pin(slices), count);
        }

        private nint Pin(object value)
        {
            _pins.Add(GCHandle.Alloc(value, GCHandleType.Pinned));
            return _pins[^1].AddrOfPinnedObject();
        }
    }
}
