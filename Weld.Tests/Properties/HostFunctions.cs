using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>The host functions that random programs call; none throws, and all but one are pure.</summary>
internal static class HostFunctions
{
    private static readonly ForeignFunctions Pure = ForeignFunctions.None
        .Add(new("host_triple", new FunctionType([ScalarType.I64], ScalarType.I64), false, a => new ScalarValue(Scalar.I64(unchecked(Integer(a[0]) * 3)))))
        .Add(new("host_mix", new FunctionType([ScalarType.F64, ScalarType.F64], ScalarType.F64), false, a => new ScalarValue(Scalar.F64((Float(a[0]) * 0.5) + Float(a[1])))))
        .Add(new("host_length", new FunctionType([VectorType.Text], ScalarType.I64), false, a => new ScalarValue(Scalar.I64(((VectorValue)a[0]).Elements.Length))))
        .Add(new("host_answer", new FunctionType([], ScalarType.I32), false, _ => new ScalarValue(Scalar.I32(42))))
        .Add(new("host_even", new FunctionType([ScalarType.I32], ScalarType.Bool), false, a => new ScalarValue(Scalar.Bool(Integer(a[0]) % 2 == 0))));

    /// <summary>All, with nobody listening to the one that has effects.</summary>
    public static ForeignFunctions All { get; } = Pure.Add(Note(a => a));

    /// <summary>All, where the one that has effects adds each call to a list.</summary>
    /// <param name="calls">The list.</param>
    public static ForeignFunctions Noting(List<long> calls) => Pure.Add(Note(a =>
    {
        calls.Add(Integer(a));
        return a;
    }));

    /// <summary>Gives its argument.</summary>
    private static ForeignFunction Note(Func<Value, Value> note) => new("host_note", new FunctionType([ScalarType.I64], ScalarType.I64), true, a => note(a[0]));

    private static long Integer(Value value) => ((ScalarValue)value).Scalar.AsInt64;

    private static double Float(Value value) => ((ScalarValue)value).Scalar.AsDouble;
}
