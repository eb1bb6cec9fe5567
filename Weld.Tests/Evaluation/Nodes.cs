using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Evaluation;

/// <summary>Short names for the nodes that these tests build by hand.</summary>
internal static class Nodes
{
    public static readonly MergerType FloatSum = new(ScalarType.F64, new SingleOperator(OperatorTable.Add));
    public static readonly MergerType Sum = new(ScalarType.I64, new SingleOperator(OperatorTable.Add));

    public static Literal Int(long value) => new(Scalar.I64(value));

    public static Literal Float(double value) => new(Scalar.F64(value));

    public static Binary Add(Expr x, Expr y) => new(OperatorTable.Add, x, y);

    public static Lambda Program(Expr body, params Symbol[] parameters) => new(parameters.ToSeq(), body);

    public static Value Run(Expr body, InterpreterOptions? options = null) => Interpreter.Run(Program(body), [], options);

    public static Iter Range(long count) => new(IterKind.Range, null, Int(0), Int(count), Int(1));

    /// <summary>for(iter, builder, |b, i, x| body(b, i, x))</summary>
    public static For Loop(Iter iter, Expr builder, Func<Ident, Ident, Ident, Expr> body)
    {
        var (b, i, x) = (new Symbol("b", builder.Type), new Symbol("i", ScalarType.I64), new Symbol("x", iter.ElementType));
        return new For([iter], builder, new Lambda([b, i, x], body(new Ident(b), new Ident(i), new Ident(x))));
    }

    public static VectorValue Floats(IEnumerable<double> values) => new(values.Select(v => (Value)new ScalarValue(Scalar.F64(v))).ToArray());
}
