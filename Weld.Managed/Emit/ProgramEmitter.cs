using System.Linq.Expressions;
using System.Runtime.InteropServices;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Builders;
using Weld.Managed.Layout;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>The compiled form of a program's main line.</summary>
/// <param name="run">The run.</param>
/// <param name="arguments">The parameters as one struct.</param>
/// <param name="result">Where the result goes.</param>
internal delegate void ProgramEntry(Run run, nint arguments, nint result);

/// <summary>Emits a whole program: the main line, a function for each outermost loop, constant vectors as data.</summary>
/// <param name="compile">What the host compiles with; null for <see cref="LambdaExpression.Compile()"/>.</param>
/// <param name="foreign">The names of the host functions.</param>
/// <param name="vectorBits">The bits of the vectors of loops in SIMD; 0 for none.</param>
internal sealed class ProgramEmitter(Func<LambdaExpression, Delegate>? compile, IReadOnlyList<string> foreign, int vectorBits)
{
    private readonly Dictionary<int, LoopBody> _functions = [];
    private readonly Dictionary<int, LoopSample> _samples = [];
    private readonly Dictionary<BuilderType, BuilderCode> _codes = [];
    private readonly List<byte[]> _constants = [];
    private readonly List<LoopPlan> _plans = [];
    private readonly Stack<int> _open = new();
    private HashSet<Symbol>? _taken;
    private int _places;

    /// <summary>Pinned arrays whose addresses the code holds; they live as long as the program.</summary>
    public IReadOnlyList<byte[]> Constants => _constants;

    /// <summary>The bits of a vector; 0 for none.</summary>
    public int VectorBits => vectorBits;

    /// <summary>The loops in order of execution, as far as the program text gives one.</summary>
    public IReadOnlyList<LoopPlan> Plans => _plans;

    /// <summary>Decides for a loop whose code follows, until <see cref="EndPlan"/>.</summary>
    public LoopPlan Plan(For loop, bool isMain, bool isLimited)
    {
        var plan = LoopPlan.Of(loop, _open.TryPeek(out var parent) ? parent : null, isMain, isLimited, vectorBits);
        _open.Push(_plans.Count);
        _plans.Add(plan);
        return plan;
    }

    /// <summary>What is asked of a dictionary that has a name: where its keys are looked for and nothing else, its entries need not be in order.</summary>
    public DictionaryUse UseOf(Symbol dictionary) => _taken?.Contains(dictionary) == false ? DictionaryUse.Searched : DictionaryUse.Any;

    /// <summary>A number for a place that keeps what it computes (<see cref="KeptMemory"/>).</summary>
    public int NewPlace() => _places++;

    /// <summary>The code of the innermost planned loop is emitted.</summary>
    public void EndPlan() => _open.Pop();

    /// <summary>Under the numbers of outermost loops, what counts the iterations that merge something.</summary>
    public IReadOnlyDictionary<int, LoopSample> Samples => _samples;

    /// <summary>The main line, and under the numbers of the outermost loops their functions.</summary>
    public (ProgramEntry Entry, LoopBody?[] Functions) Emit(Lambda program)
    {
        _taken = TakenDictionaries(program);
        var emitter = new FunctionEmitter(this, isMain: true);
        var arguments = Expression.Parameter(typeof(nint), "arguments");
        var result = Expression.Parameter(typeof(nint), "result");
        var block = emitter.Local(Expression.Convert(arguments, typeof(long)));
        var layout = MemoryLayout.Of(new StructType(program.Parameters.To(p => p.Type)));
        for (var i = 0; i < program.Parameters.Count; i++)
        {
            emitter.Bind(program.Parameters[i], emitter.LoadParameter(program.Parameters[i].Type, block, layout.Offsets[i]));
        }

        var value = emitter.Hold(emitter.Emit(program.Body));
        emitter.StoreResult(program.Body.Type, value, emitter.Local(Expression.Convert(result, typeof(long))), 0);
        var main = emitter.Finish(typeof(ProgramEntry), "weld_main", arguments, result);
        var entry = (ProgramEntry)Compile(main);
        var functions = new LoopBody?[_plans.Count];
        foreach (var (loop, function) in _functions)
        {
            functions[loop] = function;
        }

        return (entry, functions);
    }

    /// <summary>Compiles the function of the outermost loop that was planned last and gives the loop's number.</summary>
    public int CompileLoop(For node, LoopPlan plan, Capture capture)
    {
        var loop = _open.Peek();
        _functions.Add(loop, Function(node, plan, capture, loop));
        _samples.Add(loop, new LoopSample(new(() => Sample(node, capture, loop)), capture.Sampled));
        return loop;
    }

    /// <summary>What a profile counts iterations with, made when one is first asked for; null for a loop of which it can say nothing, or that merges in all.</summary>
    private LoopBody? Sample(For node, Capture capture, int loop)
    {
        if (MergeCount.IsAny(node) is not { } any || any is Literal)
        {
            return null;
        }

        lock (_codes)
        {
            return (LoopBody)new FunctionEmitter(this, isMain: false).EmitCount(node, any, $"weld_loop_{loop}_merges", capture).Compile();
        }
    }

    private LoopBody Function(For node, LoopPlan plan, Capture capture, int loop)
    {
        var name = $"weld_loop_{loop}";
        var body = (LoopBody)Compile(Body(node, name));
        if (plan.Adapts && Predication.Of(node) is { } form)
        {
            var predicated = Later(() => Body(node with { Function = node.Function with { Body = form.Body } }, $"{name}_predicated"));
            var sample = Later(() => new FunctionEmitter(this, isMain: false).EmitSample(node, form, $"{name}_sample", capture));
            body = new AdaptiveLoop(body, predicated, sample, capture.Sampled, form.Threshold).Run;
        }

        return body;

        LambdaExpression Body(For node, string name) => new FunctionEmitter(this, isMain: false).EmitBody(node, plan, name, capture);
    }

    /// <summary>The dictionaries that a program uses otherwise than by looking for keys.</summary>
    private static HashSet<Symbol> TakenDictionaries(Lambda program)
    {
        var taken = new HashSet<Symbol>(ReferenceEqualityComparer.Instance);
        var (open, seen) = (new Stack<Expr>([program]), new HashSet<Expr>(ReferenceEqualityComparer.Instance));
        while (open.TryPop(out var at))
        {
            if (!seen.Add(at))
            {
                continue;
            }

            if (at is Ident { Type: DictionaryType, Symbol: var symbol })
            {
                taken.Add(symbol);
            }

            var isSearch = at is Lookup or OptLookup or KeyExists && at.Children[0] is Ident;
            foreach (var child in at.Children.Span[(isSearch ? 1 : 0)..])
            {
                open.Push(child);
            }
        }

        return taken;
    }

    /// <summary>Compiles a function with what the host compiles with.</summary>
    public Delegate Compile(LambdaExpression function) => compile is null ? function.Compile() : compile(function);

    /// <summary>A function that is emitted when it is first called: on little data, never. What the host compiles with is called now.</summary>
    public Lazy<LoopBody> Later(Func<LambdaExpression> emit)
    {
        return compile is null ? new(Emitted) : new((LoopBody)compile(emit()));

        LoopBody Emitted()
        {
            lock (_codes)
            {
                return (LoopBody)emit().Compile();
            }
        }
    }

    public BuilderCode CodeOf(BuilderType type)
    {
        if (!_codes.TryGetValue(type, out var code))
        {
            _codes.Add(type, code = BuilderCode.Of(type));
        }

        return code;
    }

    /// <summary>The number by which a host function is called.</summary>
    public int ForeignIndex(string name)
    {
        for (var i = 0; i < foreign.Count; i++)
        {
            if (foreign[i] == name)
            {
                return i;
            }
        }

        throw new ArgumentException($"expected a registered function, found {name}", nameof(name));
    }

    /// <summary>The address of constant bytes.</summary>
    public unsafe long Constant(ReadOnlySpan<byte> bytes)
    {
        var pinned = GC.AllocateUninitializedArray<byte>(bytes.Length + 64, pinned: true);
        bytes.CopyTo(pinned);
        pinned.AsSpan(bytes.Length).Clear();
        lock (_constants)
        {
            _constants.Add(pinned);
        }

        return (long)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
    }

    /// <summary>The address of a vector of literals; null if an element is none.</summary>
    public long? Constant(VectorLiteral node)
    {
        if (node.Element is not ScalarType { Kind: var kind } || node.Elements.Any(e => e is not Literal))
        {
            return null;
        }

        var bytes = new byte[node.Elements.Count * kind.Size()];
        for (var i = 0; i < node.Elements.Count; i++)
        {
            var bits = ((Literal)node.Elements[i]).Value.Bits;
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in bits))[..kind.Size()].CopyTo(bytes.AsSpan(i * kind.Size()));
        }

        return Constant(bytes);
    }
}
