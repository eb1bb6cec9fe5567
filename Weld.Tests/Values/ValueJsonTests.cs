using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Values;

public class ValueJsonTests
{
    private static readonly ScalarType U64 = new(ScalarKind.U64);
    private static readonly DictionaryType Floats = new(ScalarType.F64, ScalarType.I32);

    [Fact]
    public void ScalarsAreExact()
    {
        Assert.Equal("18446744073709551615", RoundTrip("18446744073709551615", U64));
        Assert.Equal("-9223372036854775808", RoundTrip("-9223372036854775808", ScalarType.I64));
        Assert.Equal("0.1", RoundTrip("0.1", ScalarType.F32));
        Assert.Equal("0.1", RoundTrip("0.1", ScalarType.F64));
        Assert.Equal("-0.0", RoundTrip("-0.0", ScalarType.F64));
        Assert.Equal("5E-324", RoundTrip("5e-324", ScalarType.F64));
        Assert.Equal("true", RoundTrip("true", ScalarType.Bool));
        Assert.Equal("""["NaN","Infinity","-Infinity",2]""", RoundTrip("""["NaN","Infinity","-Infinity",2.0]""", new VectorType(ScalarType.F64)));
    }

    [Fact]
    public void StructsVectorsAndStringsAreArrays()
    {
        Assert.Equal("[[1,[true]],[2,[]]]", RoundTrip("[[1,[true]],[2,[]]]", new VectorType(new StructType([ScalarType.I64, new VectorType(ScalarType.Bool)]))));
        Assert.Equal("[-61,-92]", RoundTrip("\"ä\"", VectorType.Text));
        Assert.Equal("[195,164]", RoundTrip("\"ä\"", new VectorType(ScalarType.U8)));
        Assert.Equal("[]", RoundTrip("[]", new StructType([])));
    }

    [Fact]
    public void DictionariesAreSortedByTheTotalOrderAndKeysAreNormalised()
    {
        Assert.Equal("""[[-1.5,2],[0,3],["NaN",1]]""", RoundTrip("""[["NaN",1],[-1.5,2],[-0.0,3]]""", Floats));
        Fails("""[["NaN",1],["NaN",2]]""", Floats, "[1]: expected each key once, found \"NaN\" again");
        Fails("[[0.0,1],[-0.0,2]]", Floats, "[1]: expected each key once, found -0.0 again");
    }

    [Fact]
    public void WhatDoesNotFitSaysWhere()
    {
        Fails("[[1], [2, 300]]", new VectorType(new VectorType(ScalarType.I8)), "[1][1]: expected i8, found 300");
        Fails("[1, \"x\"]", new StructType([ScalarType.I64, ScalarType.I64]), ".$1: expected i64, found \"x\"");
        Fails("1.0", ScalarType.I64, "expected i64, found 1.0");
        Fails("-1", U64, "expected u64, found -1");
        Fails("1e400", ScalarType.F64, "expected f64, found 1e400");
        Fails("1e39", ScalarType.F32, "expected f32, found 1e39");
        Fails("1", ScalarType.Bool, "expected bool, found 1");
        Fails("null", ScalarType.F64, "expected f64, found null");
        Fails("[1]", new StructType([]), "expected an array of 0 fields of {}, found [1]");
        Fails("\"\\ud800\"", VectorType.Text, "expected a string of whole characters, found half a surrogate pair");
        Assert.StartsWith("expected JSON", Assert.Throws<FormatException>(() => ValueJson.Parse("[1,", new VectorType(ScalarType.I8))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValuesShowThemselvesAsProgramText()
    {
        var value = new StructValue([
            ScalarValue.I64(1),
            new VectorValue(new Value[] { new ScalarValue(Scalar.F64(2)), new ScalarValue(Scalar.F32(0.5f)) }),
            new DictionaryValue([new(ScalarValue.Byte(ScalarKind.U8, 7), ScalarValue.True)]),
        ]);
        Assert.Equal("{1L, [2.0, 0.5f], dict(7u8: true)}", value.ToString());
    }

    private static string RoundTrip(string json, WeldType type)
    {
        var value = ValueJson.Parse(json, type);
        var printed = ValueJson.Print(value);
        Assert.Equal(printed, ValueJson.Print(ValueJson.Parse(printed, type)));
        return printed;
    }

    private static void Fails(string json, WeldType type, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => ValueJson.Parse(json, type)).Message);
}
