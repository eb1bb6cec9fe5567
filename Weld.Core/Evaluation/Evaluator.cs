using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>
/// One run of a program. Each kind of node has one function, which evaluates the children in order and then does what the node says; the families
/// stand in their own files. Inside a simd loop a simd value is its current lane, so simd code is evaluated as the scalar code it means.
/// </summary>
internal sealed partial class Evaluator
{
    private readonly Dictionary<Symbol, Value> _variables = [];
    private readonly Dictionary<StringLiteral, VectorValue> _strings = new(ReferenceEqualityComparer.Instance);
    private readonly ForeignFunctions _functions;
    private readonly MemoryAccount _memory;
    private readonly Watch _watch;
    private readonly Work _work;
    private readonly Func<Expr, Value> _step;
    private readonly Func<Expr, Value> _evaluate;

    public Evaluator(InterpreterOptions options)
    {
        _functions = options.Functions;
        _memory = new MemoryAccount(options.MemoryLimit);
        _watch = new Watch(options.CancellationToken, options.Timeout);
        _work = options.Work ?? new Work();
        _step = Step;
        _evaluate = Evaluate;
    }

    public Value Run(Lambda program, Seq<Value> arguments)
    {
        _watch.LookNow();
        return Call(program, arguments.Span);
    }

    private Value Evaluate(Expr node) => node switch
    {
        Ident n => _variables[n.Symbol],
        Literal n => new ScalarValue(n.Value),
        _ => StackGuard.Run(_step, node),
    };

    /// <summary>What ends the run without a place of its own, such as a timeout, gets that of the innermost node it happened in.</summary>
    private Value Step(Expr node)
    {
        try
        {
            return ValueOf(node);
        }
        catch (WeldRuntimeException e) when (e.Span.IsNone && !node.Span.IsNone)
        {
            throw new WeldRuntimeException(e.Code, e.Detail, node.Span, e.InnerException);
        }
    }

    private Value ValueOf(Expr node) => node switch
    {
        Binary n => EvaluateBinary(n),
        Merge n => EvaluateMerge(n),
        Let n => EvaluateLet(n),
        If n => Evaluate(IsTrue(n.Condition) ? n.Then : n.Else),
        Field n => ((StructValue)Evaluate(n.Operand)).Fields[n.Index],
        StructLiteral n => new StructValue(n.Fields.To(_evaluate)),
        Lookup n => EvaluateLookup(n),
        Unary n => new ScalarValue(n.Operator.Apply(EvaluateScalar(n.Operand))),
        Cast n => EvaluateCast(n),
        Logical n => Bool(IsTrue(n.Left) == n.IsAnd ? IsTrue(n.Right) : !n.IsAnd),
        Compare n => EvaluateCompare(n),
        Select n => EvaluateSelect(n),
        Broadcast n => Evaluate(n.Operand),
        For n => EvaluateFor(n),
        Result n => Finish(Evaluate(n.Builder)),
        NewBuilder n => EvaluateNewBuilder(n),
        Length n => ScalarValue.I64(EvaluateVector(n.Vector).Count),
        Slice n => EvaluateSlice(n),
        OptLookup n => EvaluateOptLookup(n),
        KeyExists n => EvaluateKeyExists(n),
        VectorLiteral n => EvaluateVectorLiteral(n),
        StringLiteral n => EvaluateString(n),
        Apply n => EvaluateApply(n),
        Iterate n => EvaluateIterate(n),
        Sort n => EvaluateSort(n),
        Zip n => EvaluateZip(n),
        ToVector n => EvaluateToVector(n),
        Assertion n => EvaluateAssertion(n),
        ForeignCall n => EvaluateForeignCall(n),
        Serialize n => EvaluateSerialize(n),
        Deserialize n => EvaluateDeserialize(n),
        _ => throw new InvalidOperationException($"expected a node with a value, found {node.GetType().Name}"),
    };

    /// <summary>The function's value with its parameters bound to the arguments.</summary>
    private Value Call(Lambda function, params ReadOnlySpan<Value> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            _variables[function.Parameters[i]] = arguments[i];
        }

        return Evaluate(function.Body);
    }

    /// <summary>A chain of lets is a loop here, so that it may be as long as it likes.</summary>
    private Value EvaluateLet(Let first)
    {
        Expr rest = first;
        while (rest is Let let)
        {
            _variables[let.Symbol] = Evaluate(let.Value);
            rest = let.Body;
        }

        return Evaluate(rest);
    }

    private Value EvaluateApply(Apply node)
    {
        var arguments = node.Arguments.To(_evaluate);
        return Call(node.Function, arguments.Span);
    }

    /// <summary>The state after the function has said stop; the function runs at least once.</summary>
    private Value EvaluateIterate(Iterate node)
    {
        var state = Evaluate(node.Initial);
        while (true)
        {
            _watch.Look();
            var next = (StructValue)Call(node.Function, state);
            state = next.Fields[0];
            if (!((ScalarValue)next.Fields[1]).Scalar.AsBool)
            {
                return state;
            }
        }
    }

    private Value EvaluateAssertion(Assertion node) =>
        IsTrue(node.Condition) ? ScalarValue.True : throw Error(RuntimeCode.AssertionError, node, "expected true, found false");

    private Value EvaluateForeignCall(ForeignCall node)
    {
        var arguments = node.Arguments.To(_evaluate);
        var function = _functions.Find(node.Name)
            ?? throw Error(RuntimeCode.ForeignFunctionError, node, $"expected a registered function, found '{node.Name}', which is none");
        Value result;
        try
        {
            result = function.Invoke(arguments);
        }
        catch (Exception e)
        {
            throw new WeldRuntimeException(RuntimeCode.ForeignFunctionError, $"'{node.Name}' threw {e.GetType().Name}: {e.Message}", node.Span, e);
        }

        return result is not null && ValueShape.Fits(result, node.ResultType)
            ? result
            : throw Error(RuntimeCode.ForeignFunctionError, node, $"'{node.Name}' returned {result?.ToString() ?? "nothing"}, expected a value of type {node.ResultType}");
    }

    private bool IsTrue(Expr condition) => EvaluateScalar(condition).AsBool;

    private Scalar EvaluateScalar(Expr node) => ((ScalarValue)Evaluate(node)).Scalar;

    private long EvaluateInteger(Expr node) => EvaluateScalar(node).AsInt64;

    private VectorValue EvaluateVector(Expr node) => (VectorValue)Evaluate(node);

    private static ScalarValue Bool(bool value) => value ? ScalarValue.True : ScalarValue.False;

    /// <summary>A new vector of elements of that type, charged to the run.</summary>
    private VectorValue NewVector(Value[] elements, WeldType element) =>
        new(elements) { Owner = _memory.Charge(elements.Length, MemoryAccount.SizeOf(element)) };

    private static WeldRuntimeException Error(RuntimeCode code, Expr node, string message) => new(code, message, node.Span);
}
