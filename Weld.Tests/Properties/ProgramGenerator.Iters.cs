using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>What loops visit.</summary>
internal sealed partial class ProgramGenerator
{
    /// <summary>One source, or several of one count.</summary>
    private Seq<Iter> Iters(Scope scope)
    {
        var first = Source(scope);
        var count = _extents.Count(Over(first));
        return count.Exact ? Zippable(first, count.Length, scope)
            : Risk ? [first, Source(scope)]
            : [first];
    }

    /// <summary>A loop over a source that does nothing.</summary>
    private static For Over(params Seq<Iter> iters) =>
        new(iters, new NewBuilder(new AppenderType(ScalarType.Bool)), new Lambda([], new Literal(Scalar.Bool(true))));

    /// <summary>A source alone, or with others of its count.</summary>
    private Seq<Iter> Zippable(Iter first, long count, Scope scope) => _random.Percent(65) || count > 300
        ? [first]
        : [first, .. Enumerable.Range(0, _random.Between(1, 2)).Select(_ => Counting(count, scope))];

    /// <summary>A source of a given count.</summary>
    private Iter Counting(long count, Scope scope)
    {
        var vectors = KnownVectors(scope, count, long.MaxValue);
        if (vectors.Length == 0 || _random.Percent(20))
        {
            var stride = _random.OneOf(1, 3, -2, 1L << 40);
            var start = _random.Between(-5, 5);
            return Range(start, start + (count * stride), stride);
        }

        var vector = Recent(vectors);
        var length = _extents[vector].Length;
        return length == count && _random.Percent(70) ? new Iter(new Ident(vector)) : Bounded(new Ident(vector), length, count);
    }

    private Symbol[] KnownVectors(Scope scope, long least, long most) =>
        [.. scope.Variables.Where(v => v.Type is VectorType && _extents[v] is { Exact: true } x && x.Length >= least && x.Length <= most)];

    private Iter Source(Scope scope)
    {
        var room = _iterationLimit / scope.Executions;
        return _random.Below(20) switch
        {
            < 3 => RangeSource(room, scope),
            < 7 => Strided(room, scope),
            < 10 => NDimensional(room, scope),
            _ => new Iter(Short(room, scope)),
        };
    }

    /// <summary>A vector of at most that length; no zip, which would be several sources.</summary>
    private Expr Short(long room, Scope scope)
    {
        var variables = scope.Variables.Where(v => v.Type is VectorType).ToArray();
        var vector = variables.Length > 0 && _random.Percent(70) ? new Ident(Recent(variables)) : Term(new VectorType(_types.Any(1)), scope);
        vector = _extents.Of(vector).Length <= room ? vector : new Slice(vector, new Literal(Scalar.I64(0)), new Literal(Scalar.I64(Math.Min(room, _random.Between(0, 12)))));
        if (vector is not Zip)
        {
            return vector;
        }

        var symbol = Bind(vector);
        return new Let(symbol, vector, new Ident(symbol));
    }

    private static Iter Range(long start, long end, long stride) =>
        new(IterKind.Range, null, new Literal(Scalar.I64(start)), new Literal(Scalar.I64(end)), new Literal(Scalar.I64(stride)));

    private Iter RangeSource(long room, Scope scope)
    {
        if (Risk)
        {
            return Range(_random.Between(-3, 9), _random.Between(-3, 30), _random.Between(-2, 3));
        }

        if (room >= 64 && _random.Percent(30))
        {
            return new Iter(IterKind.Range, null, new Literal(Scalar.I64(0)), Below(Term(ScalarType.I64, scope), new Literal(Scalar.I64(40))), new Literal(Scalar.I64(1)));
        }

        var count = _random.Below((int)Math.Min(room, 40) + 1);
        var stride = _random.OneOf(1L, 2, -1, -3, 7);
        var end = _random.Percent(80) ? _random.Between(-50, 50) : stride > 0 ? long.MaxValue : long.MinValue;
        return Range(end - (count * stride), end, stride);
    }

    /// <summary>A vector of a known length with start, end and stride.</summary>
    private Iter Strided(long room, Scope scope)
    {
        var (vector, length) = Known(scope);
        return Risk
            ? Bounds(vector, _random.Between(-1, (int)length + 1), _random.Between(-2, (int)length + 1), _random.Between(-2, 3))
            : Bounded(vector, length, null, room);
    }

    private static Iter Bounds(Expr vector, long start, long end, long stride) =>
        new(IterKind.Scalar, vector, new Literal(Scalar.I64(start)), new Literal(Scalar.I64(end)), new Literal(Scalar.I64(stride)));

    /// <summary>Valid bounds on a vector of that length, of a given count or any.</summary>
    private Iter Bounded(Expr vector, long length, long? count, long room = 300)
    {
        if (length == 0)
        {
            return Bounds(vector, 0, 0, _random.OneOf(1, 5));
        }

        var stride = count is null ? _random.Between(1, 4) : Math.Min(_random.Between(1, 3), Math.Max(1, length / Math.Max(1, count.Value)));
        var steps = count ?? _random.Between(0, (int)Math.Min(length / stride, Math.Min(300, room)));
        var span = steps * stride;
        if (_random.Percent(60))
        {
            var start = _random.Between(0, (int)(length - span));
            return Bounds(vector, start, start + span, stride);
        }

        // Downwards, and the end may be −1.
        var top = _random.Between((int)Math.Max(0, span - 1), (int)length - 1);
        return Bounds(vector, top, top - span, -stride);
    }

    /// <summary>A vector whose length is known.</summary>
    private (Expr Vector, long Length) Known(Scope scope)
    {
        var variables = KnownVectors(scope, 0, long.MaxValue);
        if (variables.Length > 0 && _random.Percent(85))
        {
            var variable = Recent(variables);
            return (new Ident(variable), _extents[variable].Length);
        }

        var element = _types.Scalar();
        var literal = new VectorLiteral(element, Enumerable.Range(0, _random.Between(1, 6)).Select(_ => Leaf(element, scope)).ToSeq());
        return (literal, literal.Elements.Count);
    }

    /// <summary>A vector as a tensor of one to three dimensions; each stride of either sign or zero, the start such that all stays inside.</summary>
    private Iter NDimensional(long room, Scope scope)
    {
        var (vector, length) = Known(scope);
        var shape = new List<long>();
        var strides = new List<long>();
        var (lowest, highest, count) = (0L, 0L, 1L);
        for (var rank = _random.Between(1, 3); rank > 0; rank--)
        {
            var extent = (long)_random.OneOf(1, 2, 3, 5, 40, 0);
            extent = Math.Min(extent, Math.Max(1, room / count));
            var stride = (long)_random.Between(-3, 6);
            var reach = (extent - 1) * stride;
            if (extent > 0 && highest - lowest + Math.Abs(reach) >= length)
            {
                (stride, reach) = (0, 0);
            }

            (lowest, highest, count) = (lowest + Math.Min(0, extent == 0 ? 0 : reach), highest + Math.Max(0, extent == 0 ? 0 : reach), Math.Max(1, count * extent));
            shape.Add(extent);
            strides.Add(stride);
        }

        if (length == 0 && !shape.Contains(0))
        {
            shape[0] = 0;
        }

        var start = length == 0 ? 0 : _random.Between((int)-lowest, (int)Math.Max(-lowest, length - 1 - highest));
        if (Risk)
        {
            start += _random.Between(-2, 4);
            shape[0] = _random.Between(-1, 6);
        }

        return new Iter(IterKind.NDimensional, vector, Number(start), Number(_random.Below(9)), Number(_random.Below(3)), Numbers(shape), Numbers(strides));

        static Literal Number(long n) => new(Scalar.I64(n));
        static VectorLiteral Numbers(List<long> n) => new(ScalarType.I64, n.Select(Number).ToSeq<Expr>());
    }
}
