using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>
/// Numbers for the values of expressions: equal numbers mean equal values, modulo the names of variables. A variable bound by <c>let</c> has the number of
/// its value; a parameter has one for its depth and place, so that equal functions at one depth have equal numbers.
/// </summary>
internal sealed class ValueNumbers
{
    /// <summary>All regions from this depth on share a bit.</summary>
    private const int Deepest = 63;

    private readonly Dictionary<int[], int> _numbers;
    private readonly Dictionary<int[], int>.AlternateLookup<ReadOnlySpan<int>> _byKey;
    private readonly Dictionary<object, int> _things = [];
    private readonly Dictionary<Symbol, int> _ofSymbol = new(ReferenceEqualityComparer.Instance);

    /// <summary>For each number the depths, as bits, of the regions whose variables the value needs.</summary>
    private readonly List<ulong> _depths;

    private int[] _key = new int[32];
    private int _length;

    /// <param name="size">About how many nodes will have numbers.</param>
    public ValueNumbers(int size)
    {
        _numbers = new(size, new KeyComparer());
        _byKey = _numbers.GetAlternateLookup<ReadOnlySpan<int>>();
        _depths = new(size);
    }

    /// <summary>The depth of the innermost region whose variables the value needs; outside that, it has no meaning. Beyond depth 62 no region is deep enough.</summary>
    public int Depth(int number) => _depths[number] >> Deepest != 0 ? int.MaxValue : BitOperations.Log2(_depths[number] | 1);

    public int Of(Symbol symbol) => _ofSymbol[symbol];

    public void Bind(Symbol symbol, int number) => _ofSymbol[symbol] = number;

    public void BindParameter(Symbol symbol, int depth, int place)
    {
        Begin(-1);
        Add(depth);
        Add(place);
        Add(Thing(symbol.Type));
        _ofSymbol[symbol] = Finish(Bit(depth));
    }

    /// <summary>A number that nothing else has.</summary>
    public int Unique(int depth)
    {
        Begin(-2);
        Add(_depths.Count);
        return Finish(Bit(depth));
    }

    /// <summary>The number of a function whose parameters are bound at a depth.</summary>
    public int OfFunction(Lambda f, int body, int depth)
    {
        Begin(Thing(f.GetType()));
        Head(f);
        Add(body);
        return Finish(depth < Deepest ? _depths[body] & ~Bit(depth) : _depths[body]);
    }

    /// <summary>The number of a node from those of its children, in order.</summary>
    public int Of(Expr node, ReadOnlySpan<int> children)
    {
        Begin(Thing(node.GetType()));
        Head(node);
        foreach (var annotation in node.Annotations.Span)
        {
            Add(Thing(annotation));
        }

        Add(-3);
        var depths = 0UL;
        foreach (var child in children)
        {
            Add(child);
            depths |= _depths[child];
        }

        return Finish(depths);
    }

    private void Head(Expr node)
    {
        switch (node)
        {
            case Literal l:
                Add((int)l.Value.Kind);
                Add((int)l.Value.Bits);
                Add((int)(l.Value.Bits >> 32));
                break;
            case Unary u:
                Add(Thing(u.Operator));
                break;
            case Binary b:
                Add(Thing(b.Operator));
                break;
            case Logical l:
                Add(l.IsAnd ? 1 : 0);
                break;
            case Cast c:
                Add((int)c.Kind);
                break;
            case Field f:
                Add(f.Index);
                break;
            case VectorLiteral v:
                Add(Thing(v.Element));
                break;
            case StringLiteral s:
                Add(Thing(s.Element));
                Add(Thing(s.Bytes));
                break;
            case NewBuilder n:
                Add(Thing(n.BuilderType));
                break;
            case Deserialize d:
                Add(Thing(d.ResultType));
                break;
            case ForeignCall c:
                Add(Thing(c.Name));
                Add(Thing(c.ResultType));
                break;
            case Lambda f:
                foreach (var p in f.Parameters.Span)
                {
                    Add(Thing(p.Type));
                }

                break;
            case For f:
                foreach (var i in f.Iters.Span)
                {
                    Add((int)i.Kind);
                    Add(i.Operands.Count);
                }

                break;
        }
    }

    private void Begin(int first) => (_length, _key[0]) = (1, first);

    private void Add(int part)
    {
        if (_length == _key.Length)
        {
            Array.Resize(ref _key, _length * 2);
        }

        _key[_length++] = part;
    }

    private static ulong Bit(int depth) => 1UL << Math.Min(depth, Deepest);

    /// <summary>The number of the key, whose value needs variables of these depths.</summary>
    private int Finish(ulong depths)
    {
        var key = _key.AsSpan(0, _length);
        if (_byKey.TryGetValue(key, out var number))
        {
            return number;
        }

        _depths.Add(depths);
        return _byKey[key] = _depths.Count - 1;
    }

    private int Thing(object thing)
    {
        if (!_things.TryGetValue(thing, out var number))
        {
            _things[thing] = number = _things.Count;
        }

        return number;
    }

    private sealed class KeyComparer : IEqualityComparer<int[]>, IAlternateEqualityComparer<ReadOnlySpan<int>, int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] int[] key) => GetHashCode(key.AsSpan());

        public bool Equals(ReadOnlySpan<int> key, int[] other) => key.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<int> key)
        {
            var hash = 17u;
            foreach (var part in key)
            {
                hash = (hash ^ (uint)part) * 0x9E3779B1;
                hash ^= hash >> 15;
            }

            return (int)hash;
        }

        public int[] Create(ReadOnlySpan<int> key) => key.ToArray();
    }
}
