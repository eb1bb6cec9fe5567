using System.Globalization;
using System.Text;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;

namespace Weld.Bench.Peers.Llvm;

/// <summary>How floats are computed.</summary>
internal enum LlvmFloats
{
    /// <summary>As written, sums element after element.</summary>
    Strict,

    /// <summary>As if they were reals: LLVM's flag <c>fast</c> on every operation.</summary>
    Fast,

    /// <summary>As written, sums in the library's order: its plan of lanes as vectors of LLVM's.</summary>
    Lanes,
}

/// <summary>
/// A program as a module of LLVM's assembly language: one function <c>i64 (ptr call, ptr arguments, ptr result, ptr stop)</c> that gives 0, or 1 after a failure. Values lie in
/// memory as <see cref="MemoryLayout"/> says, the checks are those of the language. Everything is scalar, and vector code is for LLVM to find, but for
/// <see cref="LlvmFloats.Lanes"/>.
/// </summary>
internal sealed partial class Lowering
{
    public const string EntryName = "weld_main";

    private IrWriter _code = new();
    private readonly Dictionary<Symbol, Lowered> _variables = new(ReferenceEqualityComparer.Instance);
    private readonly StringBuilder _module = new();
    private readonly HashSet<string> _declared = [];
    private readonly string _flags;

    private readonly bool _isOrdered;

    private readonly int _bits;

    private Lowering(LlvmFloats floats, int bits)
    {
        _bits = bits;
        _flags = floats == LlvmFloats.Fast ? " fast" : "";
        _isOrdered = floats == LlvmFloats.Lanes;
    }

    /// <summary>Lowers a program.</summary>
    /// <param name="program">A checked program.</param>
    /// <param name="floats">How floats are computed.</param>
    /// <param name="bits">The bits of a vector, for a plan of lanes.</param>
    /// <returns>The module, and the types of the dictionaries that it finishes, by number.</returns>
    /// <exception cref="NotLoweredException">It uses what is not lowered.</exception>
    public static (string Module, IReadOnlyList<DictionaryType> Dictionaries) Lower(Lambda program, LlvmFloats floats, int bits)
    {
        var lowering = new Lowering(floats, bits);
        lowering.Program(program);
        var module = $$"""
            define i64 @{{EntryName}}(ptr noalias %call, ptr noalias %arguments, ptr noalias %result, ptr noalias %stop) "prefer-vector-width"="512" {
            {{lowering._code.Text}}}
            {{lowering._module}}
            !0 = !{!"branch_weights", i32 1, i32 1048576}
            !1 = distinct !{!1, !2, !3}
            !2 = !{!"llvm.loop.interleave.count", i32 1}
            !3 = !{!"llvm.loop.unroll.disable"}

            """;
        return (module, lowering._dictionaries);
    }

    private void Program(Lambda program)
    {
        var layout = MemoryLayout.Of(new StructType(program.Parameters.To(p => p.Type)));
        for (var i = 0; i < program.Parameters.Count; i++)
        {
            _variables[program.Parameters[i]] = LoadArgument(program.Parameters[i].Type, "%arguments", layout.Offsets[i]);
        }

        StoreResult(program.Body.Type, Lower(program.Body), "%result", 0);
        _code.Return("0");
    }

    private Lowered Lower(Expr node) => StackGuard.Run(static a => a.This.Dispatch(a.Node), (This: this, Node: node));

    private Lowered Dispatch(Expr node) => node switch
    {
        Let or Apply => LowerLets(node),
        Ident i => _variables[i.Symbol],
        Literal l => Constant(l.Value),
        Unary or Binary or Logical or Core.IR.Compare or Cast or Select => LowerScalar(node),
        Broadcast b => Lower(b.Operand),
        If i => _lanes == 1 ? LowerIf(i) : LowerIfInLanes(i),
        Assertion a => LowerAssertion(a),
        Iterate i => LowerIterate(i),
        StructLiteral s => new StructValue([.. s.Fields.Select(Lower)]),
        Field f => ((StructValue)Lower(f.Operand)).Fields[f.Index],
        VectorLiteral v => LowerVectorLiteral(v),
        StringLiteral s => new VectorValue(Global([.. s.Bytes]), Text(s.Bytes.Count)),
        Length l => new ScalarValue(((VectorValue)Lower(l.Vector)).Length),
        Slice s => LowerSlice(s),
        Lookup { Collection.Type: VectorType } l => LowerVectorLookup(l),
        Lookup or OptLookup or KeyExists or ToVector => LowerDictionary(node),
        Zip { Vectors.Count: 1 } z => Lower(z.Vectors[0]),
        Zip z => LowerZip(z),
        For f => LowerFor(f),
        Sort s => LowerSort(s),
        NewBuilder n => LowerNewBuilder(n),
        Merge m => LowerMerge(m),
        Result r => LowerResult(r.Builder.Type, Lower(r.Builder)),
        _ => throw new NotLoweredException(node.GetType().Name),
    };

    private ScalarValue Scalar(Expr node) => (ScalarValue)Lower(node);

    private Lowered LowerLets(Expr node)
    {
        while (true)
        {
            switch (node)
            {
                case Let let:
                    _variables[let.Symbol] = Lower(let.Value);
                    node = let.Body;
                    break;
                case Apply apply:
                    for (var i = 0; i < apply.Arguments.Count; i++)
                    {
                        _variables[apply.Function.Parameters[i]] = Lower(apply.Arguments[i]);
                    }

                    node = apply.Function.Body;
                    break;
                default:
                    return Lower(node);
            }
        }
    }

    private Lowered LowerIf(If node)
    {
        var condition = Scalar(node.Condition).Name;
        var (yes, no, after) = (_code.Label(), _code.Label(), _code.Label());
        _code.Branch(condition, yes, no);
        _code.Begin(yes);
        var then = Lower(node.Then);
        if (node.Type.IsBuilder)
        {
            _code.Jump(after);
            _code.Begin(no);
            var @else = Lower(node.Else);
            _code.Begin(after);
            return SameBuilder(then, @else) ? then : throw new NotLoweredException("branches with builders of their own");
        }

        var joined = Declare(node.Type);
        Assign(node.Type, joined, then);
        _code.Jump(after);
        _code.Begin(no);
        Assign(node.Type, joined, Lower(node.Else));
        _code.Begin(after);
        return Read(node.Type, joined);
    }

    /// <summary>Whether two builder values are one builder: its state is in the same variables.</summary>
    private static bool SameBuilder(Lowered one, Lowered other) => (one, other) switch
    {
        (StructValue a, StructValue b) => a.Fields.Zip(b.Fields).All(p => SameBuilder(p.First, p.Second)),
        (MergerValue a, MergerValue b) => a.Totals.SequenceEqual(b.Totals),
        (AppenderValue a, AppenderValue b) => a.Data == b.Data,
        (VecMergerValue a, VecMergerValue b) => a.Data == b.Data,
        (DictMergerValue a, DictMergerValue b) => a.Table == b.Table,
        (GroupMergerValue a, GroupMergerValue b) => a.Table == b.Table,
        _ => false,
    };

    // state = initial; do { (state, go) = f(state) } while (go)
    private Lowered LowerIterate(Iterate node)
    {
        var type = node.Initial.Type;
        var initial = Lower(node.Initial);
        var state = Declare(type, initial);
        Assign(type, state, initial);
        var (top, after) = (_code.Label(), _code.Label());
        _code.Begin(top);
        Look();
        _variables[node.Function.Parameters[0]] = Read(type, state);
        var step = (StructValue)Lower(node.Function.Body);
        Assign(type, state, step.Fields[0]);
        _code.Branch(((ScalarValue)step.Fields[1]).Name, top, after);
        _code.Begin(after);
        return Read(type, state);
    }

    private Lowered LowerAssertion(Assertion node)
    {
        FailUnless(Scalar(node.Condition), RuntimeCode.AssertionError, node);
        return new ScalarValue("true");
    }

    /// <summary>Variables for a value of a type, read and written as a whole; a builder is in variables of its own already.</summary>
    /// <param name="type">The type.</param>
    /// <param name="builders">A value of the type with the builders; null if it holds none.</param>
    private Lowered Declare(WeldType type, Lowered? builders = null) => type switch
    {
        ScalarType s => new ScalarValue(_code.Variable(LlvmTypes.Of(s.Kind))),
        SimdType s => Declare(s.Element),
        VectorType => new VectorValue(_code.Variable("ptr"), _code.Variable("i64")),
        DictionaryType => new DictionaryValue(_code.Variable("ptr")),
        StructType s => new StructValue([.. s.Fields.Select((f, i) => Declare(f, (builders as StructValue)?.Fields[i]))]),
        BuilderType when builders is not null => builders,
        _ => throw new NotLoweredException($"a variable of type {type}"),
    };

    private void Assign(WeldType type, Lowered variable, Lowered value)
    {
        switch (type, variable, value)
        {
            case (ScalarType s, ScalarValue v, ScalarValue x):
                _code.Set(LlvmTypes.Of(s.Kind), v.Name, x.Name);
                break;
            case (SimdType s, _, _):
                Assign(s.Element, variable, value);
                break;
            case (VectorType, VectorValue v, VectorValue x):
                _code.Set("ptr", v.Data, x.Data);
                _code.Set("i64", v.Length, x.Length);
                break;
            case (DictionaryType, DictionaryValue v, DictionaryValue x):
                _code.Set("ptr", v.Table, x.Table);
                break;
            case (BuilderType, _, _) when SameBuilder(variable, value):
                break;
            case (StructType s, StructValue v, StructValue x):
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    Assign(s.Fields[i], v.Fields[i], x.Fields[i]);
                }

                break;
            default:
                throw new NotLoweredException($"a variable of type {type}");
        }
    }

    private Lowered Read(WeldType type, Lowered variable) => (type, variable) switch
    {
        (ScalarType s, ScalarValue v) => new ScalarValue(_code.Get(LlvmTypes.Of(s.Kind), v.Name)),
        (SimdType s, _) => Read(s.Element, variable),
        (VectorType, VectorValue v) => new VectorValue(_code.Get("ptr", v.Data), _code.Get("i64", v.Length)),
        (DictionaryType, DictionaryValue v) => new DictionaryValue(_code.Get("ptr", v.Table)),
        (StructType s, StructValue v) => new StructValue([.. s.Fields.Select((f, i) => Read(f, v.Fields[i]))]),
        (BuilderType, _) => variable,
        _ => throw new NotLoweredException($"a variable of type {type}"),
    };

    /// <summary>Ends the run unless a condition holds, in each lane that computes it; the details are those of the first where it does not.</summary>
    private void FailUnless(ScalarValue condition, RuntimeCode code, Expr node, params ScalarValue[] details)
    {
        var (good, bad) = (_code.Label(), _code.Label());
        var fails = Within(_mask, Not(condition));
        var bits = fails.Lanes == 1 ? fails.Name : _code.Do($"bitcast <{fails.Lanes} x i1> {fails.Name} to i{fails.Lanes}");
        _code.BranchUnlikely(fails.Lanes == 1 ? bits : _code.Do($"icmp ne i{fails.Lanes} {bits}, 0"), bad, good);
        _code.Begin(bad);
        string[] four = [.. details.Select(d => d.Lanes == 1 ? d.Name : First(d, bits)), .. Enumerable.Repeat("-1", 4 - details.Length)];
        _code.Line($"call void {Callback(LlvmCallbacks.Fail)}(ptr %call, i64 {(int)code}, {string.Join(", ", four.Select(d => $"i64 {d}"))}, i64 {node.Span.Start}, i64 {node.Span.Length})");
        _code.Return("1");
        _code.Begin(good);
    }

    /// <summary>The i64 of the first lane whose bit is set.</summary>
    private string First(ScalarValue x, string bits)
    {
        Declare($"declare i{x.Lanes} @llvm.cttz.i{x.Lanes}(i{x.Lanes}, i1)");
        var lane = new ScalarValue(_code.Do($"call i{x.Lanes} @llvm.cttz.i{x.Lanes}(i{x.Lanes} {bits}, i1 true)"));
        return _code.Do($"extractelement <{x.Lanes} x i64> {x.Name}, i64 {(x.Lanes == 64 ? lane : Convert("zext", $"i{x.Lanes}", "i64", lane)).Name}");
    }

    /// <summary>Ends the function if a callback failed.</summary>
    private void ReturnIf(string condition)
    {
        var (good, bad) = (_code.Label(), _code.Label());
        _code.BranchUnlikely(condition, bad, good);
        _code.Begin(bad);
        _code.Return("1");
        _code.Begin(good);
    }

    /// <summary>Ends the run if it was asked to stop.</summary>
    private void Look()
    {
        var flag = _code.Do("load volatile i32, ptr %stop");
        var (go, stop) = (_code.Label(), _code.Label());
        _code.BranchUnlikely(_code.Do($"icmp ne i32 {flag}, 0"), stop, go);
        _code.Begin(stop);
        _code.Line($"call void {Callback(LlvmCallbacks.Stop)}(ptr %call)");
        _code.Return("1");
        _code.Begin(go);
    }

    private string Allocate(string bytes)
    {
        var buffer = _code.Do($"call noalias ptr {Callback(LlvmCallbacks.Allocate)}(ptr %call, i64 {bytes})");
        ReturnIf(_code.Do($"icmp eq ptr {buffer}, null"));
        return buffer;
    }

    private void Declare(string function)
    {
        if (_declared.Add(function))
        {
            _module.Append(function).Append('\n');
        }
    }

    /// <summary>Constant bytes; their address.</summary>
    private string Global(byte[] bytes)
    {
        var name = $"@bytes{_declared.Count}";
        Declare($"{name} = private unnamed_addr constant [{bytes.Length} x i8] c\"{string.Concat(bytes.Select(b => $"\\{b:X2}"))}\", align 64");
        return name;
    }

    private static string Callback(nint address) => $"inttoptr (i64 {Text(address)} to ptr)";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
