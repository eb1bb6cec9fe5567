using System.Runtime.InteropServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Host;

public abstract class ArgumentTests(Backend backend) : HostTests(backend)
{
    private enum Colour : byte
    {
        Red = 1,
        Blue = 7,
    }

    private record struct Trade(byte Side, double Price, int Amount);

    private sealed record Person(string Name, int[] Scores);

    private struct Plain
    {
        public short A;
        public long B;
    }

    [Fact]
    public void ScalarsOfEveryKindGoInAndComeOut()
    {
        Assert.True(Run<bool>("|x: bool| !x", false));
        Assert.Equal((sbyte)-5, Run<sbyte>("|x: i8| x - 1c", (sbyte)-4));
        Assert.Equal((short)-5, Run<short>("|x: i16| x - 1si", (short)-4));
        Assert.Equal(-5, Run<int>("|x: i32| x - 1", -4));
        Assert.Equal(-5L, Run<long>("|x: i64| x - 1L", -4L));
        Assert.Equal((byte)250, Run<byte>("|x: u8| x + 1u8", (byte)249));
        Assert.Equal((ushort)65535, Run<ushort>("|x: u16| x - 1u16", (ushort)0));
        Assert.Equal('b', Run<char>("|x: u16| x + 1u16", 'a'));
        Assert.Equal(uint.MaxValue, Run<uint>("|x: u32| x - 1u32", 0u));
        Assert.Equal(ulong.MaxValue, Run<ulong>("|x: u64| x - 1u64", 0UL));
        Assert.Equal(1.5f, Run<float>("|x: f32| x + 1.0f", 0.5f));
        Assert.Equal(1.5, Run<double>("|x: f64| x + 1.0", 0.5));
        Assert.Equal(Colour.Blue, Run<Colour>("|x: u8| x", Colour.Blue));
    }

    [Fact]
    public void ArraysMemoryAndSegmentsOfIt()
    {
        double[] data = [1, 2, 3, 4];
        const string sum = "|v: vec[f64]| result(for(v, merger[f64,+], |b,i,x| merge(b, x)))";
        Assert.Equal(10, Run<double>(sum, data));
        Assert.Equal(5, Run<double>(sum, new ReadOnlyMemory<double>(data, 1, 2)));
        Assert.Equal(7, Run<double>(sum, data.AsMemory(2)));
        Assert.Equal(0, Run<double>(sum, Array.Empty<double>()));
        Assert.Equal(0, Run<double>(sum, ReadOnlyMemory<double>.Empty));
        Assert.Equal([true, false, true], Run<bool[]>("|v: vec[bool]| map(v, |x| !x)", new[] { false, true, false }));
        Assert.Equal("bc", Run<string>("|v: vec[u16]| result(for(v, appender[u8], |b,i,x| merge(b, u8(x + 1u16))))", "ab".ToCharArray()));
    }

    [Fact]
    public void StringsAreUtf8()
    {
        Assert.Equal(6L, Run<long>("|s: vec[i8]| len(s)", "añ€"));
        Assert.Equal(6L, Run<long>("|s: vec[u8]| len(s)", "añ€"));
        Assert.Equal("añ€", Run<string>("|s: vec[i8]| s", "añ€"));
        Assert.Equal("", Run<string>("|s: vec[u8]| s", ""));
        Assert.Equal(["", "x", "añ€"], Run<string[]>("|s: vec[vec[u8]]| s", (object)new[] { "", "x", "añ€" }));
        Assert.Equal([[["a"], []], [["b", "cc"]]], Run<string[][][]>("|s: vec[vec[vec[vec[i8]]]]| s", (object)new string[][][] { [["a"], []], [["b", "cc"]] }));
    }

    [Fact]
    public void OneArrayOfReferencesIsOneArgument()
    {
        var module = Compile("|s: vec[vec[i8]]| len(s)");
        using var result = module.Run(new[] { "a", "b" });
        Assert.Equal(2, result.As<long>());
    }

    [Fact]
    public void TuplesRecordsAndStructsAreStructs()
    {
        Assert.Equal((2, 1.5), Run<(int, double)>("|p: {f64,i32}| {p.$1, p.$0}", (1.5, 2)));
        Assert.Equal(Tuple.Create(2, "x"), Run<Tuple<int, string>>("|p: {vec[i8],i32}| {p.$1, p.$0}", ("x", 2)));
        Assert.Equal(new Trade(1, 2.5, 4), Run<Trade>("|t: {u8,f64,i32}| {t.$0, t.$1 + 1.0, t.$2 + 1}", new Trade(1, 1.5, 3)));
        var person = Run<Person>("|p: {vec[i8],vec[i32]}| {p.$0, map(p.$1, |x| x + 1)}", new Person("Ada", [1, 2]));
        Assert.Equal("Ada", person.Name);
        Assert.Equal([2, 3], person.Scores);
        Assert.Equal(8L, Run<long>("|p: {i16,i64}| p.$1", new Plain { A = 1, B = 8 }));
        Assert.Equal((1, 2, 3, 4, 5, 6, 7, 8L, (9, true)), Run<(int, int, int, int, int, int, int, long, (int, bool))>(
            "|p: {i32,i32,i32,i32,i32,i32,i32,i64,{i32,bool}}| p", (1, 2, 3, 4, 5, 6, 7, 8L, (9, true))));
        Assert.Equal(default, Run<ValueTuple>("|p: {}| p", default(ValueTuple)));
        Assert.Equal(7, Run<int>("|p: {i32,vec[i8]}| p.$0", (object)new object[] { new object[] { 7, "x" } }[0]));
    }

    [Fact]
    public void ArraysOfStructsWhateverTheOrderOfTheirFieldsInMemory()
    {
        Assert.Equal([2.5, 3.5], Run<double[]>("|v: vec[{u8,f64,i32}]| map(v, |t| t.$1)", new Trade[] { new(1, 2.5, 3), new(2, 3.5, 4) }));
        Assert.Equal([(1, 2.0, (byte)3)], Run<(int, double, byte)[]>("|v: vec[{i32,f64,u8}]| v", new[] { (1, 2.0, (byte)3) }));
        Assert.Equal([(1L, "a"), (2L, "b")], Run<(long, string)[]>("|v: vec[{i64,vec[i8]}]| v", new[] { (1L, "a"), (2L, "b") }));
        Assert.Equal([new Plain { A = 1, B = 2 }], Run<Plain[]>("|v: vec[{i16,i64}]| v", new[] { new Plain { A = 1, B = 2 } }.AsMemory()));
    }

    [Fact]
    public void NestedArraysAndDictionaries()
    {
        Assert.Equal([[2], [], [3, 4]], Run<int[][]>("|v: vec[vec[i32]]| map(v, |w| map(w, |x| x + 1))", (object)new int[][] { [1], [], [2, 3] }));
        var ages = new Dictionary<string, int> { ["x"] = 1, ["y"] = 2 };
        Assert.Equal(2, Run<int>("|d: dict[vec[i8],i32]| lookup(d, \"y\")", ages));
        Assert.Equal(ages, Run<Dictionary<string, int>>("|d: dict[vec[i8],i32]| d", ages));
        Assert.Equal(["y", "x"], Run<string[]>("|d: dict[{i32,f64},vec[u8]]| map(tovec(d), |e| e.$1)", new Dictionary<(int, double), string> { [(1, 0.5)] = "y", [(0, 1.5)] = "x" }));
        Assert.Equal(3.0, Run<double>("|d: dict[f64,{i32,vec[f64]}]| lookup(lookup(d, 0.0).$1, 1L)", new Dictionary<double, (int, double[])> { [-0.0] = (1, [2, 3]) }));
        Assert.Empty(Run<Dictionary<int, long>>("|d: dict[i32,i64]| d", new Dictionary<int, long>()));
    }

    [Fact]
    public void ResultsAndTheirPartsAreArgumentsWithoutACopy()
    {
        using var first = Compile("|n: i64| {result(for(rangeiter(0L, n, 1L), appender[i64], |b,i,x| merge(b, x))), \"t\"}").Run(1000L);
        var module = Compile("|v: vec[i64], s: vec[i8]| slice(v, 10L, 5L)");
        using var second = module.Run(first[0], first[1]);
        Assert.Equal([10, 11, 12, 13, 14], second.As<long[]>());
        using var third = Compile("|p: {vec[i64],vec[i8]}, q: vec[i64]| len(p.$0) + len(q)").Run(first, second);
        Assert.Equal(1005, third.As<long>());
        using var nested = Compile("|v: vec[vec[i64]]| map(v, |w| len(w))").Run((object)new object[] { first[0], second });
        Assert.Equal([1000, 5], nested.As<long[]>());
    }

    [Fact]
    public void ObjectsSayThemselvesWhatTheyAre()
    {
        Assert.Equal(6, Run<int>("|v: vec[vec[i32]]| result(for(flatten(v), merger[i32,+], |b,i,x| merge(b, x)))", (object)new object[][] { [1, 2], [3] }));
        Assert.Equal("b", Run<string>("|p: {i32,vec[i8]}| p.$1", (object)new object[] { 1, "b" }));
        Assert.StartsWith("v: expected i32 (int), found long at [1][0]", Refuses("|v: vec[vec[i32]]| v", (object)new object[][] { [1, 2], [3L] }));
    }

    [Fact]
    public void TreesOfValuesAreArgumentsToo()
    {
        Value pair = new StructValue([new ScalarValue(Scalar.I32(3)), new VectorValue(new Value[] { new ScalarValue(Scalar.F64(0.5)) })]);
        Assert.Equal(0.5, Run<double>("|p: {i32,vec[f64]}| lookup(p.$1, 0L)", pair));
        var module = Compile("|p: {i32,vec[f64]}| {p.$1, p.$0}");
        Assert.Equal(
            new StructValue([new VectorValue(new Value[] { new ScalarValue(Scalar.F64(0.5)) }), new ScalarValue(Scalar.I32(3))]),
            module.Evaluate([pair]));
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedByTheParametersName()
    {
        Assert.StartsWith("v: expected vec[f64] (double[]), found int[]", Refuses("|v: vec[f64]| v", new[] { 1 }));
        Assert.StartsWith("n: expected i64 (long), found int", Refuses("|v: vec[f64], n: i64| v", new double[1], 1));
        Assert.StartsWith("v: expected vec[i8] (string or sbyte[]), found null", Refuses("|v: vec[i8]| v", [null]));
        Assert.StartsWith("v: expected vec[f64] (double[]), found null", Refuses("|v: vec[f64]| v", null!));
        Assert.StartsWith("v: expected vec[i32] (int[]), found null at [1]", Refuses("|v: vec[vec[i32]]| v", (object)new int[]?[] { [1], null }));
        Assert.StartsWith("v: expected vec[i8] (string or sbyte[]), found null at [1]", Refuses("|v: vec[vec[i8]]| v", (object)new[] { "a", null }));
        Assert.StartsWith("v: expected vec[{i32,f64}] ((int, double)[]), found ValueTuple<int, int>[]", Refuses("|v: vec[{i32,f64}]| v", (object)Array.Empty<(int, int)>()));
        Assert.StartsWith("p: expected i32 (int), found double at .$1", Refuses("|p: {i32,i32}| p", (1, 2.0)));
        Assert.StartsWith("p: expected {i32,i32} ((int, int)), found ValueTuple<int, int, int>", Refuses("|p: {i32,i32}| p", (1, 2, 3)));
        Assert.StartsWith("d: expected i64 (long), found int at [a]", Refuses("|d: dict[vec[i8],i64]| d", new Dictionary<string, int> { ["a"] = 1 }));
        Assert.StartsWith("d: expected dict[vec[f64],i64]", Refuses("|d: dict[vec[f64],i64]| d", new Dictionary<double[], long> { [[-0.0]] = 1, [[0.0]] = 2 }));
        Assert.StartsWith("v: expected vec[f64] (double[]), found memory of float", Refuses("|v: vec[f64]| v", new float[3].AsMemory()));
        Assert.StartsWith("v: expected vec[f64] (double[]), found double[,]", Refuses("|v: vec[f64]| v", new double[2, 2]));
        Assert.StartsWith("x: expected i32, found f64", Refuses("|x: i32| x", new ScalarValue(Scalar.F64(1))));
        Assert.Contains("expected 2 arguments (a: i32, b: i32), found 1", Refuses("|a: i32, b: i32| a", 1));
        using var result = Compile("|| 1").Run();
        Assert.StartsWith("v: expected vec[i32], found a result of type i32", Refuses("|v: vec[i32]| v", result));
    }

    [Fact]
    public void FunctionsAreStronglyTyped()
    {
        var dot = Compile("|x: vec[f64], y: vec[f64]| result(for(zip(x, y), merger[f64,+], |b,i,e| merge(b, e.$0 * e.$1)))").AsFunction<double[], ReadOnlySpan<double>, double>();
        Assert.Equal(11, dot([1, 2], [3, 4]));
        Assert.Equal("ab", Compile("|| \"ab\"").AsFunction<string>()());
        Assert.Equal([2, 3], Compile("|v: vec[{i32,f64}], n: i32| map(v, |p| p.$0 + n)").AsFunction<Span<(int, double)>, int, int[]>()([(1, 0.5), (2, 0.5)], 1));
        Assert.Equal(21, Compile("|a: i64, b: i64, c: i64, d: i64, e: i64, f: i64| a+b+c+d+e+f").AsFunction<long, long, long, long, long, long, long>()(1, 2, 3, 4, 5, 6));
        using var result = Compile("|s: vec[i8]| {s, len(s)}").AsFunction<string, WeldResult>()("abc");
        Assert.Equal(("abc", 3L), result.As<(string, long)>());
    }

    [Fact]
    public void FunctionsOfOtherTypesAreRefusedWhenTheyAreMade()
    {
        var module = Compile("|v: vec[f64]| len(v)");
        Assert.Equal("v", Assert.Throws<ArgumentException>(() => module.AsFunction<int[], long>()).ParamName);
        Assert.Contains("a type that i64 converts to, such as long", Assert.Throws<ArgumentException>(() => module.AsFunction<double[], int>()).Message);
        Assert.Contains("expected 1 arguments", Assert.Throws<ArgumentException>(() => module.AsFunction<long>()).Message);
    }

    [Fact]
    public void NoBytesAreLostInAStructWithPadding()
    {
        var offsets = new[] { Marshal.OffsetOf<Plain>(nameof(Plain.A)), Marshal.OffsetOf<Plain>(nameof(Plain.B)) };
        Assert.Equal([0, 8], offsets.Select(o => (int)o));
        using var result = Compile("|v: vec[{i16,i64}]| v").Run(new[] { new Plain { A = 1, B = 2 }, new Plain { A = 3, B = 4 } });
        Assert.Equal([2, 4], result.AsSpan<Plain>().ToArray().Select(p => p.B));
        Assert.Equal(new VectorType(new StructType([new ScalarType(ScalarKind.I16), ScalarType.I64])), result.Type);
    }
}

public sealed class InterpretedArgumentTests() : ArgumentTests(Backend.Interpreter);

public sealed class CompiledArgumentTests() : ArgumentTests(Backend.Compiled);
