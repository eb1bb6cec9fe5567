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

    private const int KeyParts = 8;

    /// <summary>The tables have room for so many numbers from the start at most.</summary>
    private const int MostExpected = 1 << 14;

    private readonly Dictionary<object, int> _things = [];
    private readonly Dictionary<Symbol, int> _ofSymbol = new(ReferenceEqualityComparer.Instance);

    /// <summary>For each number its key, and the depths, as bits, of the regions whose variables the value needs.</summary>
    private readonly List<(int Start, int End, uint Hash, ulong Depths)> _numbers;

    /// <summary>The parts of all keys, one key after another; the last may be of no number yet.</summary>
    private int[] _parts;
    private int _start;
    private int _end;

    /// <summary>A table of numbers + 1 by the hashes of their keys, each at the first free slot from its place on; 0 is free. At most half is in use.</summary>
    private int[] _slots;

    /// <param name="size">About how many nodes will have numbers.</param>
    public ValueNumbers(int size)
    {
        var expected = Math.Clamp(size, 1, MostExpected);
        _numbers = new(expected);
        _parts = new int[expected * KeyParts];
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)expected * 2)];
    }

    /// <summary>The depth of the innermost region whose variables the value needs; outside that, it has no meaning. Beyond depth 62 no region is deep enough.</summary>
    public int Depth(int number) => Depths(number) >> Deepest != 0 ? int.MaxValue : BitOperations.Log2(Depths(number) | 1);

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
        Add(_numbers.Count);
        return Finish(Bit(depth));
    }

    /// <summary>The number of a function whose parameters are bound at a depth.</summary>
    public int OfFunction(Lambda f, int body, int depth)
    {
        Begin(Thing(f.GetType()));
        Head(f);
        Add(body);
        return Finish(depth < Deepest ? Depths(body) & ~Bit(depth) : Depths(body));
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
            depths |= Depths(child);
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

    private ulong Depths(int number) => _numbers[number].Depths;

    private void Begin(int first)
    {
        _end = _start;
        Add(first);
    }

    private void Add(int part)
    {
        if (_end == _parts.Length)
        {
            Array.Resize(ref _parts, _end * 2);
        }

        _parts[_end++] = part;
    }

    private static ulong Bit(int depth) => 1UL << Math.Min(depth, Deepest);

    /// <summary>The number of the key, whose value needs variables of these depths.</summary>
    private int Finish(ulong depths)
    {
        var key = _parts.AsSpan(_start, _end - _start);
        var hash = Hash(key);
        ref var slot = ref Slot(hash, key);
        if (slot != 0)
        {
            return slot - 1;
        }

        if ((_numbers.Count + 1) * 2 > _slots.Length)
        {
            Grow();
            slot = ref Slot(hash, key);
        }

        _numbers.Add((_start, _end, hash, depths));
        slot = _numbers.Count;
        _start = _end;
        return slot - 1;
    }

    /// <summary>The slot with the number of a key, or the one that is free for it.</summary>
    private ref int Slot(uint hash, ReadOnlySpan<int> key)
    {
        for (var at = hash; ; at++)
        {
            ref var slot = ref _slots[at & (uint)(_slots.Length - 1)];
            if (slot == 0 || (_numbers[slot - 1] is var known && known.Hash == hash && key.SequenceEqual(_parts.AsSpan(known.Start, known.End - known.Start))))
            {
                return ref slot;
            }
        }
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var number = 0; number < _numbers.Count; number++)
        {
            var (start, end, hash, _) = _numbers[number];
            Slot(hash, _parts.AsSpan(start, end - start)) = number + 1;
        }
    }

    private static uint Hash(ReadOnlySpan<int> key)
    {
        var hash = 17u;
        foreach (var part in key)
        {
            hash = (hash ^ (uint)part) * 0x9E3779B1;
            hash ^= hash >> 15;
        }

        return hash;
    }

    private int Thing(object thing)
    {
        if (!_things.TryGetValue(thing, out var number))
        {
            _things[thing] = number = _things.Count;
        }

        return number;
    }
}
