using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Goldens;

/// <summary>The host functions that golden programs may call, and a record of the calls of those with effects.</summary>
internal sealed class HostFunctions
{
    private static readonly VectorType Floats = new(ScalarType.F64);
    private static readonly VectorType Texts = new(VectorType.Text);
    private readonly List<string> _calls = [];

    public HostFunctions() => All = ForeignFunctions.None
        .Add(new ForeignFunction("note", new FunctionType([ScalarType.I64], ScalarType.I64), true, Note))
        .Add(new ForeignFunction("square", new FunctionType([ScalarType.I64], ScalarType.I64), false, a => ScalarValue.I64(Integer(a[0]) * Integer(a[0]))))
        .Add(new ForeignFunction("fail", new FunctionType([ScalarType.I64], ScalarType.I64), false, _ => throw new InvalidOperationException("it failed")))
        .Add(new ForeignFunction("pair", new FunctionType([Texts, Floats], new VectorType(new StructType([VectorType.Text, ScalarType.F64]))), false, Pair))
        .Add(new ForeignFunction("total", new FunctionType([Floats], ScalarType.F64), false, Total));

    /// <summary>The functions to register.</summary>
    public ForeignFunctions All { get; }

    /// <summary>The calls so far.</summary>
    public string Calls => string.Join(' ', _calls);

    private Value Note(Seq<Value> arguments)
    {
        _calls.Add($"note({Integer(arguments[0])})");
        return arguments[0];
    }

    private static Value Pair(Seq<Value> arguments) =>
        new VectorValue(Elements(arguments[0]).Zip(Elements(arguments[1]), (name, value) => (Value)new StructValue([name, value])).ToArray());

    private static Value Total(Seq<Value> arguments) => new ScalarValue(Scalar.F64(Elements(arguments[0]).Sum(v => ((ScalarValue)v).Scalar.AsDouble)));

    private static Value[] Elements(Value vector) => ((VectorValue)vector).Elements.ToArray();

    private static long Integer(Value value) => ((ScalarValue)value).Scalar.AsInt64;
}
