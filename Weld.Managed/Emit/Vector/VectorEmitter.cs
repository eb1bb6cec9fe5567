using System.Linq.Expressions;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>
/// Emits a loop's body for the lanes of a step. Both sides of an <c>if</c> are computed, each under the mask of the lanes that take it; nothing is merged before all is computed,
/// so that a step in which a lane fails can be left, and done again one element at a time.
/// </summary>
/// <param name="emitter">The function that the loop is in.</param>
/// <param name="facts">What is known of the body.</param>
/// <param name="shape">The lanes.</param>
/// <param name="bits">The bits of a vector.</param>
internal sealed partial class VectorEmitter(FunctionEmitter emitter, LaneFacts facts, VectorShape shape, int bits)
{
    public const int UsualDepth = 16;

    private Dictionary<Symbol, Operand> _variables = new(ReferenceEqualityComparer.Instance);
    private Dictionary<Expr, Operand> _uniform = new(ReferenceEqualityComparer.Instance);
    private Dictionary<(Expression Value, int Bytes), Expression> _broadcast = [];
    private readonly LaneOperators _operators = new(shape, emitter.HoldPure);
    private readonly LaneCasts _casts = new(shape, emitter.HoldPure);
    private readonly Dictionary<(Type Type, object Bits, int Bytes), Expression> _kept = [];
    private Mask? _path;
    private Mask? _limit;
    private Expression? _count;

    public VectorShape Shape { get; } = shape;

    /// <summary>The emitter of the function, which also emits what is the same in all lanes.</summary>
    public FunctionEmitter Scalar { get; } = emitter;

    /// <summary>Whether constants are read from memory: the JIT keeps those that stand in the code in registers, and then other values in memory.</summary>
    public bool KeepsConstants { get; init; }

    /// <summary>How deep an expression nests before a variable cuts it.</summary>
    public int MostDepth { get; init; } = UsualDepth;

    /// <summary>The iteration with which the next step begins.</summary>
    public required ParameterExpression Index { get; init; }

    /// <summary>The numbers of the iterations that the code is in; null where nothing reads them.</summary>
    public LaneOperand? Iteration { get; set; }

    /// <summary>Whether some lanes may merge where others do not.</summary>
    public bool IsMasked => facts.IsMasked;

    /// <summary>Emits what leaves the loop before this step.</summary>
    public required Func<Expression> Leave { get; set; }

    public void Bind(Symbol symbol, Operand operand) => _variables[symbol] = operand;

    public Operand Emit(Expr node) => StackGuard.Run(static a => a.Emitter.Dispatch(a.Node), (Emitter: this, Node: node));

    /// <summary>The vector of a number.</summary>
    public Expression Lanes(ScalarKind kind, Operand operand) => operand switch
    {
        LaneOperand l => l.Value,
        MaskOperand m => Shape.Call(ScalarKind.U8, "BitwiseAnd", Simd.As(MaskLanes(m.Mask, 1), typeof(byte)), Simd.Create(Expression.Constant((byte)1), Shape.Bytes(1))),
        ScalarOperand s => Broadcast(OperatorEmitter.Numeric(s.Value), Shape.Bytes(kind)),
        _ => throw new WeldInternalException("emit", $"expected a number, found {operand.GetType().Name}"),
    };

    /// <summary>A mask as integers of a size.</summary>
    public Expression MaskLanes(Mask mask, int size) => mask.Lanes(Shape, size, Scalar.HoldPure);

    /// <summary>One number for each lane in which the mask is true, from the lowest bit.</summary>
    public Expression Bits(Mask mask)
    {
        var size = mask.Size;
        var bits = Simd.Call(Shape.Bytes(size), "ExtractMostSignificantBits", MaskLanes(mask, size));
        return Shape.Lanes * size >= 16 ? bits : Expression.And(bits, Expression.Constant((1u << Shape.Lanes) - 1));
    }

    /// <summary>yes where the mask is true, else no.</summary>
    public Expression Choose(ScalarKind kind, Mask mask, Expression yes, Expression no) =>
        Shape.Call(kind, "ConditionalSelect", Simd.As(MaskLanes(mask, kind.Size()), Clr.Numeric(kind)), yes, no);

    /// <summary>The lanes first, first + 1, …</summary>
    public LaneOperand Number(Expression first, bool isNatural = false)
    {
        var bytes = Shape.Bytes(ScalarKind.I64);
        var held = Scalar.Local(first);
        return new LaneOperand(ScalarKind.I64, Scalar.Local(Simd.Call(bytes, "Add", Simd.Create(held, bytes), Simd.Indices(typeof(long), bytes)), "i")) { First = held, IsNatural = isNatural };
    }

    // limit = (0, 1, 2, …) < count
    /// <summary>From here on only so many lanes take part; of the others nothing is read, merged or checked.</summary>
    public void Limit(Expression count)
    {
        var (kind, bytes) = (Simd.IntegerKind(facts.Widest), Shape.Bytes(facts.Widest));
        _count = Scalar.Local(Clr.Min(count, Expression.Constant((long)Shape.Lanes)), "count");
        var number = kind == ScalarKind.I64 ? _count : Expression.Convert(_count, Clr.Of(kind));
        _limit = _path = new Comparison("LessThan", kind, Simd.Indices(Clr.Of(kind), bytes), Scalar.Local(Simd.Create(number, bytes), "limit"));
    }

    /// <summary>The elements from an address on.</summary>
    public Operand Load(ScalarKind kind, Expression address)
    {
        var elements = _limit is not null && PartialLoad.Takes(kind, Shape.Lanes) ? PartialLoad.Emit(kind, address, MaskLanes(_limit, kind.Size())) : Shape.Load(kind, address);
        return kind == ScalarKind.Bool ? ToMask(elements) : new LaneOperand(kind, Scalar.Local(elements));
    }

    private Operand Dispatch(Expr node)
    {
        if (node is Literal literal)
        {
            return new ScalarOperand(Clr.Constant(literal.Value));
        }

        return facts.IsUniform(node) ? Uniform(node) : _tiled.TryGetValue(node, out var tiled) ? tiled() : node switch
        {
            Ident e => _variables.TryGetValue(e.Symbol, out var operand)
                ? operand : throw new WeldInternalException("emit", $"expected {e.Symbol} to be bound, found it free"),
            Unary e => EmitUnary(e),
            Binary e => EmitBinary(e),
            Logical e => EmitLogical(e),
            Compare e => EmitCompare(e),
            Cast e => EmitCast(e),
            Select e => Join(MaskOf(Emit(e.Condition)), Emit(e.Then), Emit(e.Else)),
            Broadcast e => Emit(e.Operand),
            Let or Apply => EmitLets(node),
            If e => EmitIf(e),
            Assertion e => EmitAssertion(e),
            StructLiteral e => new StructOperand([.. e.Fields.Select(Emit)]),
            Field e => ((StructOperand)Emit(e.Operand)).Fields[e.Index],
            Lookup e => EmitLookup(e),
            Merge e => EmitMerge(e),
            _ => throw new WeldInternalException("emit", $"expected a node of a vector loop, found {node.GetType().Name}"),
        };
    }

    private Operand Uniform(Expr node)
    {
        if (!_uniform.TryGetValue(node, out var value))
        {
            _uniform.Add(node, value = Scalar.Ahead(() => Scalar.Hold(Scalar.Emit(node))));
        }

        return value;
    }

    private Expression Broadcast(Expression scalar, int bytes)
    {
        if (scalar is ConstantExpression constant)
        {
            return KeepsConstants ? Kept(constant, bytes) : Simd.Create(scalar, bytes);
        }

        if (!_broadcast.TryGetValue((scalar, bytes), out var vector))
        {
            _broadcast.Add((scalar, bytes), vector = Scalar.Ahead(() => Scalar.Local(Simd.Create(scalar, bytes))));
        }

        return vector;
    }

    // before the loop: store(place, (c, c, …)); in it: load(place)
    private Expression Kept(ConstantExpression constant, int bytes)
    {
        // 0.0 equals −0.0
        var key = (constant.Type, constant.Value switch { double d => BitConverter.DoubleToInt64Bits(d), float f => BitConverter.SingleToInt32Bits(f), var other => other! }, bytes);
        if (!_kept.TryGetValue(key, out var place))
        {
            _kept.Add(key, place = Scalar.Scratch(Math.Max(bytes, 64)));
            Scalar.Ahead(() =>
            {
                Scalar.Do(Clr.CallGeneric(typeof(Memory), nameof(Memory.Store), [Simd.Of(constant.Type, bytes)], place, Simd.Create(constant, bytes)));
                return place;
            });
        }

        return Clr.CallGeneric(typeof(Memory), nameof(Memory.Load), [Simd.Of(constant.Type, bytes)], place);
    }

    /// <summary>The operand in a form that may be used more than once.</summary>
    private Operand Hold(Operand operand) => operand switch
    {
        LaneOperand l => l with { Value = Scalar.HoldPure(l.Value), Depth = 0 },
        MaskOperand m => new MaskOperand(Hold(m.Mask)),
        StructOperand s => new StructOperand(Array.ConvertAll(s.Fields, Hold)),
        _ => operand,
    };

    /// <summary>A mask that is cheap to use again.</summary>
    private Mask Hold(Mask mask) => mask.Cost <= 1 ? mask : new HeldMask((ParameterExpression)Scalar.HoldPure(MaskLanes(mask, mask.Size)), mask.Size);

    private Operand EmitLets(Expr node)
    {
        while (true)
        {
            switch (node)
            {
                case Let let:
                    BindHere(let.Symbol, let.Value);
                    node = let.Body;
                    break;
                case Apply apply:
                    for (var i = 0; i < apply.Arguments.Count; i++)
                    {
                        BindHere(apply.Function.Parameters[i], apply.Arguments[i]);
                    }

                    node = apply.Function.Body;
                    break;
                default:
                    return Emit(node);
            }
        }
    }

    private void BindHere(Symbol symbol, Expr value)
    {
        if (!Elsewhere.Contains(symbol))
        {
            BindValue(symbol, value);
        }
    }

    private void BindValue(Symbol symbol, Expr value)
    {
        var operand = Hold(Emit(value));
        Bind(symbol, operand);
        if (!facts.Varies(symbol))
        {
            Scalar.Bind(symbol, operand);
        }
    }

    private Operand EmitIf(If node)
    {
        var condition = Hold(MaskOf(Emit(node.Condition)));
        var outer = _path;
        _path = Mask.And(outer, condition);
        var then = Emit(node.Then);
        _path = Mask.And(outer, Mask.Not(condition));
        var @else = Emit(node.Else);
        _path = outer;
        return Join(condition, then, @else);
    }

    private Operand EmitMerge(Merge node)
    {
        var builder = (MergesOperand)Emit(node.Builder);
        var value = Emit(node.Value);
        value = builder.Target.TakesOnce && _path is null ? value : Hold(value);
        return builder with { Merges = [.. builder.Merges, new LaneMerge(_path, value, node)] };
    }

    /// <summary>What holds after two paths: of a builder, the merges of both.</summary>
    private Operand Join(Mask condition, Operand then, Operand @else)
    {
        switch (then, @else)
        {
            case (StructOperand x, StructOperand y):
                return new StructOperand([.. x.Fields.Select((f, i) => Join(condition, f, y.Fields[i]))]);
            case (MergesOperand x, MergesOperand y):
                var shared = x.Merges.Zip(y.Merges).TakeWhile(p => ReferenceEquals(p.First, p.Second)).Count();
                return shared == 0 && x.Merges is [var a] && y.Merges is [var b] && x.Target.TakesOne
                    ? x with { Merges = [new LaneMerge(a.Where is null || b.Where is null ? null : Either(a.Where, b.Where), Hold(Join(condition, a.Value, b.Value)), a.Node)] }
                    : x with { Merges = [.. x.Merges, .. y.Merges.Skip(shared)] };
            case (MaskOperand, _) or (_, MaskOperand) or (ScalarOperand { Value.Type.FullName: "System.Boolean" }, _):
                var (p, q) = (MaskOf(then), MaskOf(@else));
                return new MaskOperand(new Either(new Both(condition, p), new Both(Mask.Not(condition), q)));
            default:
                var kind = (then as LaneOperand ?? @else as LaneOperand)?.Kind ?? KindOf((ScalarOperand)then);
                return Cut(kind, Choose(kind, condition, Lanes(kind, then), Lanes(kind, @else)), Depth(then, @else));
        }
    }

    /// <summary>What two exclusive paths take together; both sides of one condition are what is around it.</summary>
    private static Mask? Either(Mask x, Mask y) => (x, y) switch
    {
        (Both(var a, var b), Both(var c, var d)) when ReferenceEquals(a, c) && IsOpposite(b, d) => a,
        _ when IsOpposite(x, y) => null,
        _ => new Either(x, y),
    };

    private static bool IsOpposite(Mask x, Mask y) => (y is Opposite(var a) && ReferenceEquals(a, x)) || (x is Opposite(var b) && ReferenceEquals(b, y));

    private Mask MaskOf(Operand operand) => operand switch
    {
        MaskOperand m => m.Mask,
        ScalarOperand s => new Opposite(new Comparison("Equals", ScalarKind.U8, Broadcast(OperatorEmitter.Numeric(s.Value), Shape.Bytes(1)), Simd.Create(Expression.Constant((byte)0), Shape.Bytes(1)))),
        _ => throw new WeldInternalException("emit", $"expected a bool, found {operand.GetType().Name}"),
    };

    /// <summary>Leaves the loop if some lane of the path is among these.</summary>
    private void LeaveIf(Mask failing)
    {
        var bits = Bits(Mask.And(_path, failing)!);
        Scalar.Do(Expression.IfThen(Expression.NotEqual(bits, Expression.Default(bits.Type)), Leave()));
    }

    private LaneOperand Cut(ScalarKind kind, Expression value, int depth) => depth < MostDepth ? new LaneOperand(kind, value, depth) : new LaneOperand(kind, Scalar.Local(value));

    private static int Depth(Operand x, Operand y) => Math.Max((x as LaneOperand)?.Depth ?? 0, (y as LaneOperand)?.Depth ?? 0) + 1;

    private static ScalarKind KindOf(ScalarOperand scalar) => ScalarKinds.All.First(k => Clr.Of(k) == scalar.Value.Type);
}
