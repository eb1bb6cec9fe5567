using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>
/// Emits one compiled function: the program's main line, or the body of an outermost loop over a range of its iterations. Statements go
/// into the current scope; values come back as <see cref="Operand"/>s. The families of nodes are in the partial files.
/// </summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>Expressions deeper than this are cut by a variable, so that neither compiler recurses far.</summary>
    private const int MaxDepth = 24;

    /// <summary>The bytes of a line of the cache.</summary>
    private const int Line = 64;

    private readonly Dictionary<Symbol, Operand> _variables = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Expression> _stable = new(ReferenceEqualityComparer.Instance);
    private readonly ParameterExpression _scratch = Expression.Variable(typeof(long), "scratch");
    private readonly ParameterExpression _stop = Expression.Variable(typeof(long), "stop");
    private Scope _scope = new();
    private int _scratchBytes;
    private bool _looks;
    private LabelTarget? _restart;

    /// <summary>Reads again where the function's iterators begin, for the loop after a restart: what is live across the calls before it, the JIT keeps in memory all the time.</summary>
    private readonly List<Expression> _reread = [];
    private For? _own;

    public FunctionEmitter(ProgramEmitter program, bool isMain)
    {
        Program = program;
        IsMain = isMain;
    }

    public ProgramEmitter Program { get; }

    /// <summary>The main line hands its outermost loops to functions of their own; a loop's function emits its inner loops in place.</summary>
    public bool IsMain { get; }

    /// <summary>The variables from around the outermost loop whose function this is.</summary>
    public IReadOnlySet<Symbol> Outside { get; private set; } = new HashSet<Symbol>();

    public ParameterExpression Run { get; } = Expression.Parameter(typeof(Run), "run");

    /// <summary>The value of a node; its code goes into the current scope.</summary>
    public Operand Emit(Expr node) => StackGuard.Run(static a => a.Emitter.Dispatch(a.Node), (Emitter: this, Node: node));

    /// <summary>The value of a scalar node.</summary>
    public Expression EmitScalar(Expr node) => ((ScalarOperand)Emit(node)).Value;

    /// <summary>The value of a scalar node, for more than one use.</summary>
    public Expression HoldScalar(Expr node) => Hold(EmitScalar(node));

    public void Do(Expression statement) => _scope.Statements.Add(statement);

    public ParameterExpression Local(Type type, string? name = null)
    {
        var local = Expression.Variable(type, name);
        _scope.Locals.Add(local);
        return local;
    }

    /// <summary>A variable with that value.</summary>
    public ParameterExpression Local(Expression value, string? name = null)
    {
        var local = Local(value.Type, name);
        Do(Expression.Assign(local, value));
        return local;
    }

    /// <summary>The expression itself if it may be evaluated again at no cost, else a variable that holds it.</summary>
    public Expression Hold(Expression value) =>
        value is ConstantExpression or ParameterExpression || _stable.Contains(value) ? value : Local(value);

    /// <summary>The operand in a form whose expressions may be used more than once.</summary>
    public Operand Hold(Operand operand) => operand switch
    {
        ScalarOperand s => new ScalarOperand(Hold(s.Value)),
        VectorOperand v => new VectorOperand(Hold(v.Data), Hold(v.Length)),
        DictionaryOperand d => d with { Header = Hold(d.Header) },
        StructOperand s => new StructOperand(Array.ConvertAll(s.Fields, Hold)),
        MergerOperand m => new MergerOperand(Hold(m.Total)),
        _ => operand,
    };

    /// <summary>Variables for a value of a type.</summary>
    public Operand Declare(WeldType type) => type switch
    {
        ScalarType s => new ScalarOperand(Local(Clr.Of(s.Kind))),
        SimdType s => Declare(s.Element),
        VectorType => new VectorOperand(Local(typeof(long)), Local(typeof(long))),
        DictionaryType => new DictionaryOperand(Local(typeof(long))),
        StructType s => new StructOperand([.. s.Fields.Select(Declare)]),
        MergerType m => new MergerOperand(Declare(m.Element)),
        BuilderType b => new ObjectOperand(Local(BuilderCode.Of(b).ObjectType), InLoop: false),
        _ => throw new ArgumentException($"no value has type {type}", nameof(type)),
    };

    /// <summary>Assigns to declared variables.</summary>
    public void Assign(Operand target, Operand source)
    {
        switch (target, source)
        {
            case (ScalarOperand t, ScalarOperand s):
                Do(Expression.Assign(t.Value, s.Value));
                break;
            case (VectorOperand t, VectorOperand s):
                Do(Expression.Assign(t.Data, s.Data));
                Do(Expression.Assign(t.Length, s.Length));
                break;
            case (DictionaryOperand t, DictionaryOperand s):
                Do(Expression.Assign(t.Header, s.Header));
                break;
            case (StructOperand t, StructOperand s):
                for (var i = 0; i < t.Fields.Length; i++)
                {
                    Assign(t.Fields[i], s.Fields[i]);
                }

                break;
            case (MergerOperand t, MergerOperand s):
                Assign(t.Total, s.Total);
                break;
            case (ObjectOperand { InLoop: false } t, ObjectOperand { InLoop: false } s):
                Do(Expression.Assign(t.Object, s.Object));
                break;
            case (ObjectOperand { InLoop: true } t, ObjectOperand s) when t == s:
            case (MergerSlotOperand t2, MergerSlotOperand s2) when t2.Frame == s2.Frame:
                break;
            default:
                throw new WeldInternalException("emit", $"expected operands of one shape, found {target.GetType().Name} and {source.GetType().Name}");
        }
    }

    /// <summary>Where two paths meet: variables for either operand, but a loop's own builder, which both paths share, is itself.</summary>
    public Operand DeclareJoin(WeldType type, Operand one, Operand other) => (type, one, other) switch
    {
        (_, MergerSlotOperand or ObjectOperand { InLoop: true }, _) => one,
        (StructType s, StructOperand a, StructOperand b) => new StructOperand([.. s.Fields.Select((f, i) => DeclareJoin(f, a.Fields[i], b.Fields[i]))]),
        _ => Declare(type),
    };

    /// <summary>The value of a type at an address, read where it is used; the address is a variable.</summary>
    public Operand Load(WeldType type, Expression address, int offset = 0)
    {
        switch (type)
        {
            case ScalarType s:
                return new ScalarOperand(Stable(Clr.Load(s.Kind, Clr.At(address, offset))));
            case SimdType s:
                return Load(s.Element, address, offset);
            case VectorType:
                return new VectorOperand(
                    Stable(Clr.LoadLong(Clr.At(address, offset))), Stable(Clr.LoadLong(Clr.At(address, offset + MemoryLayout.LengthOffset))));
            case DictionaryType:
                return new DictionaryOperand(Stable(Clr.LoadLong(Clr.At(address, offset))));
            case StructType s:
                var layout = MemoryLayout.Of(s);
                return new StructOperand([.. s.Fields.Select((f, i) => Load(f, address, offset + layout.Offsets[i]))]);
            case MergerType m:
                return new MergerOperand(Load(m.Element, address, offset));
            default:
                throw new ArgumentException($"no value of type {type} lies in memory", nameof(type));
        }
    }

    /// <summary>Stores a value at an address, which is a variable.</summary>
    public void Store(WeldType type, Operand operand, Expression address, int offset = 0)
    {
        switch (type, operand)
        {
            case (ScalarType s, ScalarOperand o):
                Do(Clr.Store(s.Kind, Clr.At(address, offset), o.Value));
                break;
            case (SimdType s, _):
                Store(s.Element, operand, address, offset);
                break;
            case (VectorType, VectorOperand o):
                Do(Clr.StoreLong(Clr.At(address, offset), o.Data));
                Do(Clr.StoreLong(Clr.At(address, offset + MemoryLayout.LengthOffset), o.Length));
                break;
            case (DictionaryType, DictionaryOperand o):
                Do(Clr.StoreLong(Clr.At(address, offset), o.Header));
                break;
            case (StructType { Fields.Count: 0 }, _):
                break;
            case (StructType s, StructOperand o):
                var layout = MemoryLayout.Of(s);
                for (var i = 0; i < o.Fields.Length; i++)
                {
                    Store(s.Fields[i], o.Fields[i], address, offset + layout.Offsets[i]);
                }

                break;
            case (MergerType m, MergerOperand o):
                Store(m.Element, o.Total, address, offset);
                break;
            default:
                throw new WeldInternalException("emit", $"expected a value of type {type}, found {operand.GetType().Name}");
        }
    }

    /// <summary>The zero of a type: zeros, empty vectors, empty dictionaries.</summary>
    public static Operand Zero(WeldType type) => type switch
    {
        ScalarType s => new ScalarOperand(Expression.Default(Clr.Of(s.Kind))),
        SimdType s => Zero(s.Element),
        VectorType => new VectorOperand(Clr.Zero, Clr.Zero),
        DictionaryType => new DictionaryOperand(Clr.Zero),
        StructType s => new StructOperand([.. s.Fields.Select(Zero)]),
        _ => throw new ArgumentException($"{type} has no zero", nameof(type)),
    };

    /// <summary>An address of bytes that this call of the function has for itself, aligned to 8 and from a vector's size on to 64, so that no vector lies on two lines of the cache.</summary>
    public Expression Scratch(int bytes)
    {
        var offset = bytes < Line ? _scratchBytes : checked(_scratchBytes + Line - 1) & -Line;
        _scratchBytes = checked(offset + ((bytes + 7) & ~7));
        var address = Stable(Clr.At(_scratch, offset));
        return address;
    }

    /// <summary>Runs <paramref name="emit"/> with a scope of its own and gives the block of what it emitted.</summary>
    public Expression Scoped(Action emit)
    {
        var scope = Open();
        emit();
        return Close(scope);
    }

    /// <summary>Emits <c>while (true) body</c>, where the body breaks out.</summary>
    public void Loop(Action<LabelTarget> emitBody)
    {
        var exit = Expression.Label();
        Do(Expression.Loop(Scoped(() => emitBody(exit)), exit));
    }

    /// <summary>Emits <c>for (; index &lt; end; index += step) body</c>, with the test at the bottom, where the JIT makes one jump of it.</summary>
    public void CountTo(ParameterExpression index, Expression end, Action emitBody, Expression? step = null)
    {
        var top = Expression.Label();
        Do(Expression.IfThen(Expression.LessThan(index, end), Scoped(() =>
        {
            Do(Expression.Label(top));
            Do(Scoped(emitBody));
            Do(Expression.Assign(index, Expression.Add(index, step ?? Clr.One)));
            Do(Expression.IfThen(Expression.LessThan(index, end), Expression.Goto(top)));
        })));
    }

    /// <summary>Emits the look at whether to go on.</summary>
    public void Look()
    {
        _looks = true;
        Do(Expression.IfThen(Clr.Call(typeof(Memory), nameof(Memory.IsStopped), _stop), Clr.CallOn(Run, nameof(Runtime.Run.Stop))));
    }

    /// <summary>Emits <c>if (condition) throw …</c> through one of the throwing functions of <see cref="Fail"/>, which take the span last.</summary>
    public void FailIf(Expression condition, string failure, Expr node, params Expression[] details) =>
        Do(Expression.IfThen(condition, Clr.Call(typeof(Fail), failure, [.. details, Expression.Constant(node.Span.Start), Expression.Constant(node.Span.Length)])));

    public void Bind(Symbol symbol, Operand operand) => _variables[symbol] = operand;

    /// <summary>The function, from its parameters after the run and its emitted statements.</summary>
    public LambdaExpression Finish(Type delegateType, string name, params ParameterExpression[] parameters)
    {
        var body = new List<Expression>();
        if (_looks)
        {
            body.Add(Expression.Assign(_stop, Clr.Call(typeof(Memory), nameof(Memory.StopAddress), Run)));
        }

        if (_scratchBytes > 0)
        {
            body.Add(Expression.Assign(_scratch, Clr.Call(typeof(Memory), nameof(Memory.AllocateOwned), Run, Expression.Constant((long)_scratchBytes), Expression.Constant(1))));
        }

        body.AddRange(_scope.Statements);
        body.AddRange(DropTemporaries());
        if (_scratchBytes > 0)
        {
            body.Add(Clr.Call(typeof(Memory), nameof(Memory.Free), Run, _scratch));
        }

        body.Add(Expression.Empty());
        return Expression.Lambda(delegateType, Expression.Block([_scratch, _stop, .. _temporaries, .. _scope.Locals, .. _kernelLocals.Variables], body), name, [Run, .. parameters]);
    }

    private Expression Stable(Expression expression)
    {
        _stable.Add(expression);
        return expression;
    }

    private Scope Open()
    {
        var outer = _scope;
        _scope = new Scope();
        return outer;
    }

    private Expression Close(Scope outer)
    {
        var inner = _scope;
        _scope = outer;
        return inner.Statements.Count == 0 ? Expression.Empty() : Expression.Block(typeof(void), inner.Locals, inner.Statements);
    }

    private sealed class Scope
    {
        public List<ParameterExpression> Locals { get; } = [];

        public List<Expression> Statements { get; } = [];
    }
}
