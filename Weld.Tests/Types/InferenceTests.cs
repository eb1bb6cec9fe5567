using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.Types;

/// <summary>language.md §3, §4 (what each form takes) and §7: types are inferred over the whole program.</summary>
public class InferenceTests
{
    [Theory]
    [InlineData("|v: vec[i64]| result(for(v, appender, |b, i, x| merge(b, f64(x))))", "|vec[i64]|(vec[f64])")]
    [InlineData("|v: vec[i64]| let b = appender; result(for(v, b, |b, i, x| merge(b, {x, i})))", "|vec[i64]|(vec[{i64,i64}])")]
    [InlineData("|v: vec[i64]| result(for(v, merger[?,+], |b, i, x| merge(b, x)))", "|vec[i64]|(i64)")]
    [InlineData("|v: vec[i64]| result(for(v, dictmerger[?,?,+], |b, i, x| merge(b, {x, 1.5})))", "|vec[i64]|(dict[i64,f64])")]
    [InlineData("|v: vec[i64]| result(for(v, groupmerger[?,?], |b, i, x| merge(b, {x, \"s\"})))", "|vec[i64]|(dict[i64,vec[vec[i8]]])")]
    [InlineData("result(merge(vecmerger[?,+]([1.5]), {0L, 2.5}))", "vec[f64]")]
    [InlineData("if(true, [], [1L])", "vec[i64]")]
    [InlineData("let e = []; if(true, e, [1L])", "vec[i64]")]
    [InlineData("let e = []; let f = if(true, lookup(e, 0L).$1, true); if(true, e, [{1, false}])", "vec[{i32,bool}]")]
    [InlineData("let e = []; let n = len(e); {n, if(true, e, [1c])}", "{i64,vec[i8]}")]
    [InlineData("let e = []; let c = lookup(e, 0L) < lookup(e, 1L); {c, if(true, e, [1c])}", "{bool,vec[i8]}")]
    [InlineData("let e = []; let c = f64(lookup(e, 0L)); {c, if(true, e, [1c])}", "{f64,vec[i8]}")]
    [InlineData("let e = []; let c = isnan(lookup(e, 0L)); {c, if(true, e, [1f])}", "{bool,vec[f32]}")]
    [InlineData("iterate({0, appender}, |s| {{s.$0 + 1, merge(s.$1, s.$0)}, s.$0 < 3})", "{i32,appender[i32]}")]
    [InlineData("let f = |x, y| x; {f(1, 2L), f(true, 1.5)}", "{i32,bool}")]
    [InlineData("let f = |x| |v| x; 1", "Type")]
    [InlineData("let f = |b| result(b); {f(appender[i64]), f({merger[i32,+], appender[bool]})}", "{vec[i64],{i32,vec[bool]}}")]
    [InlineData("|v: vec[u8]| v == \"abc\"", "|vec[u8]|(bool)")]
    [InlineData("|v: vec[i8]| v == \"abc\"", "|vec[i8]|(bool)")]
    [InlineData("let s = \"abc\"; |v: vec[u8]| {s, v == s}", "|vec[u8]|({vec[u8],bool})")]
    [InlineData("[\"a\", \"b\"]", "vec[vec[i8]]")]
    [InlineData("|d: dict[vec[u8],i64]| lookup(d, \"key\")", "|dict[vec[u8],i64]|(i64)")]
    [InlineData("deserialize[?](serialize(1)) + 1L", "i64")]
    [InlineData("cudf[twice,?](1L)", "i64")]
    [InlineData("let x: {?, i64} = {\"a\", 1L}; x", "{vec[i8],i64}")]
    [InlineData("sort([\"b\", \"a\"], |x, y| compare(x, y))", "vec[vec[i8]]")]
    [InlineData("{1 == 2, {1, 2.0} < {1, 3.0}, [1] >= [2], \"a\" != \"b\"}", "{bool,bool,bool,bool}")]
    [InlineData("compare({1, [2.0]}, {1, [3.0]})", "i32")]
    [InlineData("|c: bool| select(c, [1], [2])", "|bool|(vec[i32])")]
    [InlineData("{abs(-1), sign(-1L), abs(2.0), -1u8, ~5si, !true, true & false, 1 ^ 2}", "{i32,i64,f64,u8,i16,bool,bool,i32}")]
    [InlineData("serialize({1, [true], \"x\"})", "vec[u8]")]
    [InlineData("zip([1], [true], \"a\")", "vec[{i32,bool,i8}]")]
    public void Types_are_inferred(string program, string type)
    {
        if (type == "Type")
        {
            Fails(program, CompileCode.Type, "expected a value, found a function");
            return;
        }

        HasType(program, type);
        RoundTrips(program);
    }

    [Theory]
    [InlineData("1 + 2L", "expected i32, found i64", 1, 5)]
    [InlineData("1L + 2L + 3", "expected i64, found i32", 1, 11)]
    [InlineData("true + false", "expected a number as the operands of +, found bool", 1, 1)]
    [InlineData("1.0 & 2.0", "expected an integer or bool as the operands of &, found f64", 1, 1)]
    [InlineData("1.0 << 2.0", "expected an integer as the operands of <<, found f64", 1, 1)]
    [InlineData("1 << 2L", "expected i32, found i64", 1, 6)]
    [InlineData("-true", "expected a number as the operand of -, found bool", 1, 2)]
    [InlineData("!1", "expected bool as the operand of !, found i32", 1, 2)]
    [InlineData("~true", "expected an integer as the operand of ~, found bool", 1, 2)]
    [InlineData("~1.5", "expected an integer as the operand of ~, found f64", 1, 2)]
    [InlineData("exp(1)", "expected a float as the operand of exp, found i32", 1, 5)]
    [InlineData("pow(2, 3)", "expected a float as the operands of pow, found i32", 1, 5)]
    [InlineData("min(true, false)", "expected a number as the operands of min, found bool", 1, 5)]
    [InlineData("1 && true", "expected bool, found i32", 1, 1)]
    [InlineData("true || 1", "expected bool, found i32", 1, 9)]
    [InlineData("i64([1])", "expected a scalar, found vec[i32]", 1, 5)]
    [InlineData("if(1, 2, 3)", "expected bool, found i32", 1, 4)]
    [InlineData("if(true, 2, 3L)", "expected i32, found i64", 1, 13)]
    [InlineData("select(1, 2, 3)", "expected bool, found i32", 1, 8)]
    [InlineData("assert(1)", "expected bool, found i32", 1, 8)]
    [InlineData("len(1)", "expected a vector, found i32", 1, 5)]
    [InlineData("|d: dict[i64,i64]| len(d)", "expected a vector, found dict[i64,i64]", 1, 24)]
    [InlineData("lookup([1], 0)", "expected i64, found i32", 1, 13)]
    [InlineData("lookup(1, 0)", "expected a vector or dictionary, found i32", 1, 8)]
    [InlineData("|d: dict[i64,f64]| lookup(d, 1)", "expected i64, found i32", 1, 30)]
    [InlineData("|d: dict[i64,f64]| keyexists(d, true)", "expected i64, found bool", 1, 33)]
    [InlineData("optlookup([1], 0L)", "expected a dictionary, found vec[i32]", 1, 11)]
    [InlineData("slice([1], 0, 1L)", "expected i64, found i32", 1, 12)]
    [InlineData("slice(\"abc\", 0L, 1.0)", "expected i64, found f64", 1, 18)]
    [InlineData("tovec([1])", "expected a dictionary, found vec[i32]", 1, 7)]
    [InlineData("sort(1, |a, b| 1)", "expected a vector, found i32", 1, 6)]
    [InlineData("sort([1], |a, b| a < b)", "expected i32, found bool", 1, 18)]
    [InlineData("sort([1], |a| 1)", "expected a function of 2 parameters (element, element), found 1", 1, 11)]
    [InlineData("sort([1], 5)", "expected a function (element, element), found a value", 1, 11)]
    [InlineData("[1, 2L]", "expected i32, found i64", 1, 5)]
    [InlineData("{1, 2}.$2", "expected a struct with a field $2, found {i32,i32}", 1, 1)]
    [InlineData("5.$0", "expected a struct with a field $0, found i32", 1, 1)]
    [InlineData("zip([1], 2)", "expected a vector, found i32", 1, 10)]
    [InlineData("for(1, appender, |b, i, x| b)", "expected a vector, found i32", 1, 5)]
    [InlineData("for([1], 2, |b, i, x| b)", "expected a builder, found i32", 1, 10)]
    [InlineData("for([1], {}, |b, i, x| b)", "expected a builder, found {}", 1, 10)]
    [InlineData("for([1], {appender[i32], 1}, |b, i, x| b)", "expected a builder", 1, 10)]
    [InlineData("for([1], appender, |b, x| b)", "expected a function of 3 parameters (builder, i64, element), found 2", 1, 20)]
    [InlineData("for([1], appender, 7)", "expected a function (builder, i64, element), found a value", 1, 20)]
    [InlineData("for([1], appender[i32], |b, i, x| x)", "expected appender[i32], found i32", 1, 35)]
    [InlineData("for([1], appender[i32], |b, i, x: i64| b)", "expected i32 as the type of 'x', found i64", 1, 32)]
    [InlineData("for([1], appender[i32], |b, i: i32, x| b)", "expected i64 as the type of 'i', found i32", 1, 29)]
    [InlineData("for(iter([1], 0, 1L, 1L), appender[i32], |b, i, x| b)", "expected i64, found i32", 1, 15)]
    [InlineData("for(nditer([1], 0L, 1L, 1L, [1], [1L]), appender[i32], |b, i, x| b)", "expected i64, found i32", 1, 30)]
    [InlineData("merge(appender[i64], 1)", "expected i64, found i32", 1, 22)]
    [InlineData("merge(1, 1)", "expected a builder, found i32", 1, 7)]
    [InlineData("merge({appender[i64], appender[i64]}, {1L, 1L})", "expected a builder, found {appender[i64],appender[i64]}", 1, 7)]
    [InlineData("merge(dictmerger[i64,f64,+], {1L, 2})", "expected f64, found i32", 1, 35)]
    [InlineData("merge(vecmerger[i64,+]([1L]), {1, 2L})", "expected i64, found i32", 1, 32)]
    [InlineData("result(5)", "expected a builder, found i32", 1, 8)]
    [InlineData("result({appender[i64], 5})", "expected a builder, found i32", 1, 8)]
    [InlineData("merger[i64,+](1)", "expected i64, found i32", 1, 15)]
    [InlineData("appender[i64](true)", "expected a capacity (i64) or vec[i64], found bool", 1, 15)]
    [InlineData("vecmerger[i64,+](5L)", "expected vec[i64], found i64", 1, 18)]
    [InlineData("dictmerger[i64,i64,+](5L)", "expected dict[i64,i64], found i64", 1, 23)]
    [InlineData("merger[vec[i64],+]", "expected a type that + reduces, found vec[i64]", 1, 1)]
    [InlineData("merger[bool,+]", "expected a type that + reduces, found bool", 1, 1)]
    [InlineData("merger[f64,&]", "expected a type that & reduces, found f64", 1, 1)]
    [InlineData("merger[{i64,f64},{+,+,+}]", "expected a type that {+,+,+} reduces, found {i64,f64}", 1, 1)]
    [InlineData("merger[{i64,f64},{+,|}]", "expected a type that {+,|} reduces, found {i64,f64}", 1, 1)]
    [InlineData("dictmerger[dict[i64,i64],i64,+]", "expected a key of scalars, structs and vectors, found dict[i64,i64]", 1, 1)]
    [InlineData("|x: dict[{i64,dict[i64,i64]},i64]| 1", "expected a key", 1, 2)]
    [InlineData("groupmerger[appender[i64],i64]", "no builder inside", 1, 1)]
    [InlineData("|x: vec[appender[i64]]| 1", "no builder inside a vector, dictionary or builder", 1, 2)]
    [InlineData("[appender[i64]]", "no builder inside", 1, 1)]
    [InlineData("appender[appender[i64]]", "no builder inside", 1, 1)]
    [InlineData("iterate(1, |x| x + 1)", "expected {i32,bool}, found i32", 1, 16)]
    [InlineData("iterate(1, |x| {x, 1})", "expected bool, found i32", 1, 20)]
    [InlineData("iterate(1, |x, y| {x, true})", "expected a function of 1 parameter (state), found 2", 1, 12)]
    [InlineData("serialize(appender[i64])", "expected a type that serializes, found appender[i64]", 1, 11)]
    [InlineData("deserialize[appender[i64]](serialize(1))", "expected a type that serializes, found appender[i64]", 1, 1)]
    [InlineData("deserialize[i64](\"a\" : vec[i8])", "expected vec[u8], found vec[i8]", 1, 18)]
    [InlineData("|d: dict[i64,i64]| d == d", "as the operands of ==, found dict[i64,i64]", 1, 20)]
    [InlineData("|d: dict[i64,i64]| compare(d, d)", "as the operands of compare, found dict[i64,i64]", 1, 28)]
    [InlineData("compare(1, 2L)", "expected i32, found i64", 1, 12)]
    [InlineData("let x: i64 = 1; x", "expected i64, found i32", 1, 14)]
    [InlineData("let x: vec[i64] = [{1L, 2}]; x", "expected i64, found {i64,i32}", 1, 20)]
    [InlineData("1 : i64", "expected i64, found i32", 1, 1)]
    [InlineData("let f = |x: i64| x; f(1)", "expected i64, found i32", 1, 23)]
    [InlineData("let f = |x| x + 1; f(2.0)", "expected f64, found i32", 1, 17)]
    [InlineData("let f = |x| x; f(1, 2)", "expected 1 argument, found 2", 1, 16)]
    [InlineData("let f = |x| x; f", "expected a value, found a function", 0, 0)]
    [InlineData("let f: i64 = |x| x; 1", "expected i64, found a function", 1, 14)]
    [InlineData("let x = 5; x(1)", "expected a function before '(', found a value", 1, 12)]
    [InlineData("|x: i64| |y: i64| y", "expected a value, found a function", 1, 10)]
    [InlineData("[|x| x]", "expected a value, found a function", 1, 2)]
    [InlineData("if(true, |x| x, |y| y)(1)", "", 0, 0)]
    [InlineData("|x| x", "expected a type for the parameter 'x' of the program, found none", 1, 2)]
    [InlineData("|x: vec[?]| 1", "expected a type for the parameter 'x' of the program, found vec[?]", 1, 2)]
    [InlineData("[]", "expected the element type of the vector to be inferred, found ?", 1, 1)]
    [InlineData("appender", "expected the type to be inferred, found appender[?]", 1, 1)]
    [InlineData("let b = appender; 1", "to be inferred, found appender[?]", 1, 9)]
    [InlineData("let e = []; let f = lookup(e, 0L).$1; 2", "nothing determines", 1, 21)]
    [InlineData("deserialize[?](serialize(1))", "to be inferred", 1, 1)]
    [InlineData("(|x| let y = [x]; if(true, x, y))(lookup([], 0L))", "expected ?, found vec[?]", 1, 31)]
    public void Type_errors_have_places(string program, string message, int line, int column)
    {
        if (line > 0)
        {
            Fails(program, CompileCode.Type, message, line, column);
            return;
        }

        Assert.All(ErrorsOf(program), d => Assert.Equal(CompileCode.Type, d.Code));
    }

    [Fact]
    public void The_value_of_a_lookup_in_an_unknown_collection_follows_it() =>
        HasType("|v: vec[i64]| let e = []; let x = lookup(e, 0L); let y = x.$0; let z = y + 1.0; if(true, e, [{2.0, 3}])", "|vec[i64]|(vec[{f64,i32}])");

    [Fact]
    public void Programs_made_by_hosts_are_checked_too()
    {
        var x = new Symbol("x", ScalarType.I64);
        var one = new Literal(Scalar.I64(1));
        var sum = new Binary(OperatorTable.Add, new Ident(x), one);
        Assert.Equal("|x: i64| x + 1L", Printer.Print(FrontEnd.Check(new Lambda([x], sum)).Program));
        Assert.Equal("|| 1L + 1L", Printer.Print(FrontEnd.Check(new Binary(OperatorTable.Add, one, one)).Program));
        Assert.Equal("|x: i64| let y = 1L; x + y", Printer.Print(FrontEnd.Check(Let(new Symbol("y", ScalarType.I64), one, y => new Lambda([x], new Binary(OperatorTable.Add, new Ident(x), y)))).Program));
        HostFails(sum, CompileCode.Name, "'x', which is not bound here");
        HostFails(new StructLiteral([new Let(x, one, sum), new Ident(x)]), CompileCode.Name, "'x', which is not bound here");
        HostFails(new Binary(OperatorTable.Add, one, new Literal(Scalar.I32(1))), CompileCode.Type, "expected i64, found i32");
        HostFails(new StructLiteral([new Lambda([x], one)]), CompileCode.Type, "expected a value");
        HostFails(new Apply(new Lambda([x], one), []), CompileCode.Type, "expected 1 arguments, found 0");
        HostFails(new Let(x, new Literal(Scalar.Bool(true)), one), CompileCode.Type, "expected i64, found bool");
        HostFails(new Field(new StructLiteral([one]), -1), CompileCode.Type, "a struct with a field $-1");
        HostFails(new Unary(OperatorTable.Not, one), CompileCode.Type, "expected bool as the operand of !");
        HostFails(new Length(new VectorLiteral(TypeVariable.Unknown, [])), CompileCode.Type, "to be inferred");
        HostFails(new NewBuilder(new VecMergerType(ScalarType.I64, new SingleOperator(OperatorTable.Add))), CompileCode.Type, "starts from");
        HostFails(new NewBuilder(new MergerType(ScalarType.I64, new SingleOperator(OperatorTable.Subtract))), CompileCode.Type, "reduces");
        var (b, i, e) = (new Symbol("b", new AppenderType(ScalarType.I64)), new Symbol("i", ScalarType.I64), new Symbol("e", ScalarType.I64));
        var loop = new Lambda([b, i, e], new Merge(new Ident(b), new Ident(e)));
        var vector = new VectorLiteral(ScalarType.I64, [one]);
        Assert.Equal("|| for([1L], appender[i64], |b, i, e| merge(b, e))", Printer.Print(FrontEnd.Check(new For([new Iter(vector)], new NewBuilder(new AppenderType(ScalarType.I64)), loop)).Program));
        HostFails(new For([], new NewBuilder(new AppenderType(ScalarType.I64)), loop), CompileCode.Type, "expected an iterator");
        HostFails(new For([new Iter(IterKind.Range, vector)], new NewBuilder(new AppenderType(ScalarType.I64)), loop), CompileCode.Type, "the operands of an iterator");
        HostFails(new For([new Iter(IterKind.Scalar, null)], new NewBuilder(new AppenderType(ScalarType.I64)), loop), CompileCode.Type, "the operands of an iterator");
    }

    private static Let Let(Symbol symbol, Expr value, Func<Expr, Expr> body) => new(symbol, value, body(new Ident(symbol)));

    private static void HostFails(Expr program, CompileCode code, string message)
    {
        var error = Assert.Throws<WeldCompileException>(() => FrontEnd.Check(program));
        Assert.Contains(error.Diagnostics, d => d.Code == code && d.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_host_shares_between_places_is_bound_apart()
    {
        var x = new Symbol("x", ScalarType.I64);
        var f = new Lambda([x], new Binary(OperatorTable.Add, new Ident(x), new Ident(x)));
        var program = FrontEnd.Check(new Apply(f, [new Apply(f, [new Literal(Scalar.I64(1))])])).Program;
        Assert.Empty(Verifier.Verify(program));
        Same(Printer.Print(program), "(|x| x + x)((|y| y + y)(1L))");
    }
}
