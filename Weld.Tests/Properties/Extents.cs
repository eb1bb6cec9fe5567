using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>How long a value can be.</summary>
/// <param name="Length">No vector or dictionary at the top of the value is longer.</param>
/// <param name="Inner">None inside those is longer.</param>
/// <param name="Exact">The value is a vector of just that length, in every run that gets there.</param>
internal readonly record struct Extent(long Length, long Inner = 0, bool Exact = false)
{
    public static Extent Largest(Extent a, Extent b) =>
        new(Math.Max(a.Length, b.Length), Math.Max(a.Inner, b.Inner), a.Exact && b.Exact && a.Length == b.Length);

    public Extent Inexact => this with { Exact = false };

    public Extent Element => new(Inner, Inner);
}

/// <summary>Bounds on the lengths of values, from which the generator keeps programs valid and small.</summary>
internal sealed class Extents
{
    private readonly Dictionary<Symbol, Extent> _symbols = [];

    public Extent this[Symbol symbol]
    {
        get => _symbols.GetValueOrDefault(symbol);
        set => _symbols[symbol] = value;
    }

    public Extent Of(Expr e) => e switch
    {
        Ident i => this[i.Symbol],
        VectorLiteral v => new(v.Elements.Count, v.Elements.Select(x => Of(x)).Select(x => Math.Max(x.Length, x.Inner)).DefaultIfEmpty().Max(), true),
        StringLiteral s => new(s.Bytes.Count, 0, true),
        Let l => Of(l.Body),
        Apply a => Of(a.Function.Body),
        Sort s => Of(s.Vector),
        Slice s => Part(Of(s.Vector), s.Start, s.Count),
        Zip z => z.Vectors.Select(Of).Aggregate(Extent.Largest),
        Lookup l => Of(l.Collection).Element,
        OptLookup l => Of(l.Dictionary).Element,
        ToVector t => Of(t.Dictionary).Inexact,
        If c => Extent.Largest(Of(c.Then), Of(c.Else)),
        Select c => Extent.Largest(Of(c.Then), Of(c.Else)),
        Serialize s => new(64 + (Volume(s.Operand) * 64)),
        Deserialize { Operand: Serialize s } => Of(s.Operand).Inexact,
        Deserialize d => new(Of(d.Operand).Length, Of(d.Operand).Length),
        Iterate i => Of(i.Initial) is var x ? new(16 + (x.Length * 8), 16 + (x.Inner * 8)) : default,
        Field f => Of(f.Operand),
        NewBuilder { Argument: { } a } when !a.Type.Is(ScalarKind.I64) || a.Type == ((NewBuilder)e).BuilderType.ResultType => Of(a),
        NewBuilder => new(0, 0, true),
        Merge m => Merged(m),
        Result { Builder: var b } => Of(b) is var x && b.Type is AppenderType or VecMergerType ? x : b.Type is GroupMergerType ? new(x.Length, Math.Max(x.Length, x.Inner)) : x.Inexact,
        For f => Looped(f),
        _ => e.Children.Select(Of).Aggregate(default(Extent), Extent.Largest),
    };

    /// <summary>How many iterations a loop has at most.</summary>
    public Extent Count(For loop)
    {
        var i = loop.Iters[0];
        return (i.Kind, i.Start, i.End, i.Stride) switch
        {
            (IterKind.Scalar, Literal s, Literal e, Literal t) => new(Steps(s.Value.AsInt64, e.Value.AsInt64, t.Value.AsInt64), 0, true),
            (IterKind.Range, Literal s, Literal e, Literal t) => new(Steps(s.Value.AsInt64, e.Value.AsInt64, t.Value.AsInt64), 0, true),
            (IterKind.Range, _, Length l, _) => Of(l.Vector),
            (IterKind.Range, _, Literal, _) => new(64),
            (IterKind.Range, _, _, _) => new(256),
            (IterKind.NDimensional, _, _, _) when i.Shape is VectorLiteral shape => new(shape.Elements.Aggregate(1L, (n, x) => n * Math.Max(0, ((Literal)x).Value.AsInt64)), 0, true),
            (IterKind.Scalar, null, _, _) => Of(i.Data!),
            _ => Of(i.Data!).Inexact,
        };
    }

    /// <summary>How many scalars a value can hold.</summary>
    public long Volume(Expr e) => Volume(e.Type, Of(e));

    public static Extent Of(Value value) => value switch
    {
        VectorValue v => new(v.Elements.Length, v.Elements.ToArray().Take(50).Select(Of).Select(x => Math.Max(x.Length, x.Inner)).DefaultIfEmpty().Max(), true),
        DictionaryValue d => new(d.Entries.Count, d.Entries.SelectMany(p => new[] { Of(p.Key), Of(p.Value) }).Select(x => Math.Max(x.Length, x.Inner)).DefaultIfEmpty().Max()),
        StructValue s => s.Fields.Select(Of).Aggregate(default(Extent), Extent.Largest).Inexact,
        _ => default,
    };

    private static long Volume(WeldType type, Extent extent) => Math.Min(1L << 40, type switch
    {
        VectorType v => 1 + (extent.Length * Volume(v.Element, extent.Element)),
        DictionaryType d => 1 + (extent.Length * (Volume(d.Key, extent.Element) + Volume(d.Value, extent.Element))),
        StructType s => 1 + s.Fields.Sum(f => Volume(f, extent)),
        _ => 1,
    });

    private static long Steps(long start, long end, long stride) =>
        stride == 0 ? 0 : (long)Int128.Clamp(((Int128)end - start) / stride, 0, 1 << 30);

    private static Extent Part(Extent vector, Expr start, Expr count) =>
        vector.Exact && start is Literal s && count is Literal c && s.Value.AsInt64 >= 0 && s.Value.AsInt64 <= vector.Length && c.Value.AsInt64 >= 0
            ? vector with { Length = Math.Min(c.Value.AsInt64, vector.Length - s.Value.AsInt64) }
            : count is Literal most ? new(Math.Min(vector.Length, Math.Max(0, most.Value.AsInt64)), vector.Inner) : vector.Inexact;

    private Extent Merged(Merge m)
    {
        var b = Of(m.Builder);
        if (m.Builder.Type is VecMergerType or MergerType)
        {
            return b;
        }

        var v = Of(m.Value);
        return new(b.Length + 1, Math.Max(b.Inner, Math.Max(v.Length, v.Inner)), b.Exact);
    }

    /// <summary>A loop's builder before, and for each iteration what one adds: within the function the builder counts as empty.</summary>
    private Extent Looped(For loop)
    {
        var before = Of(loop.Builder);
        var count = Count(loop);
        var each = Of(loop.Function.Body);
        return new(before.Length + (count.Length * each.Length), Math.Max(before.Inner, each.Inner), before.Exact && count.Exact && each.Exact);
    }
}
