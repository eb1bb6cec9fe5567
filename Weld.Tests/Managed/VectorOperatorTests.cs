using System.Numerics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Tests.Managed;

/// <summary>Every operator, cast and reduction of every kind, in the lanes of every width.</summary>
public sealed class VectorOperatorTests
{
    private static readonly string[] Passes = ["inline-apply", "vectorize"];
    private static readonly int[] Sizes = [1, 64, 301];

    public static TheoryData<string, string> Binaries() => Each(OperatorTable.Binary);

    public static TheoryData<string, string> Unaries() => Each(OperatorTable.Unary);

    public static TheoryData<string> Kinds() => new(ScalarKinds.All.Select(k => k.Name()));

    [Theory]
    [MemberData(nameof(Binaries))]
    public void OperatorsOfTwo(string name, string kind)
    {
        var op = OperatorTable.FindBinary(name)!;
        var result = op.ResultKind(ScalarKinds.Parse(kind)!.Value).Name();
        var call = op.IsInfix ? $"x.$0 {name} x.$1" : $"{name}(x.$0, x.$1)";
        var program = $"|v: vec[{kind}], w: vec[{kind}]| result(for(zip(v, w), appender[{result}], |b, i, x| merge(b, {call})))";
        if (op != OperatorTable.Remainder || ScalarKinds.Parse(kind)!.Value.IsInteger())
        {
            VectorLoop.AssertVector(program, Passes);
        }

        VectorLoop.Check(program, Sizes, Passes);
    }

    [Theory]
    [InlineData("i8")]
    [InlineData("i16")]
    [InlineData("i32")]
    [InlineData("i64")]
    [InlineData("u8")]
    [InlineData("u16")]
    [InlineData("u32")]
    [InlineData("u64")]
    public void Quotients(string kind)
    {
        var (bits, isSigned, suffix) = (ScalarKinds.Parse(kind)!.Value.Size() * 8, kind[0] == 'i', kind);
        var greatest = (BigInteger.One << (isSigned ? bits - 1 : bits)) - 1;
        BigInteger[] numbers = [0, 1, 2, 3, 7, 8, 100, greatest / 3, greatest / 2, greatest / 2 + 1, greatest - 1, greatest, (BigInteger.One << 51) - 1, BigInteger.One << 51, (BigInteger.One << 52) + 1, 1_000_003];
        var values = numbers.Where(n => n <= greatest).SelectMany(n => isSigned ? [n, -n, -n - 1] : new[] { n }).Distinct().ToList();
        var pairs = values.SelectMany(x => values.Where(y => y != 0).Select(y => (X: x, Y: y))).ToList();
        var program = $"|v: vec[i64]| let x = [{string.Join(", ", pairs.Select(p => $"{p.X}{suffix}"))}]; let y = [{string.Join(", ", pairs.Select(p => $"{p.Y}{suffix}"))}]; "
            + $"result(for(zip(x, y), {{appender[{kind}], appender[{kind}]}}, |b, i, e| {{merge(b.$0, e.$0 / e.$1), merge(b.$1, e.$0 % e.$1)}}))";
        VectorLoop.Check(program, [0], Passes);
        foreach (var divisor in values.Where(y => y != 0))
        {
            var constant = $"|v: vec[{kind}]| let x = [{string.Join(", ", values.Select(p => $"{p}{suffix}"))}]; result(for(x, {{appender[{kind}], appender[{kind}]}}, |b, i, e| {{merge(b.$0, e / {divisor}{suffix}), merge(b.$1, e % {divisor}{suffix})}}))";
            VectorLoop.Check(constant, [0], Passes);
        }

        VectorLoop.Check($"|v: vec[{kind}], w: vec[{kind}], c: {kind}| result(for(zip(v, w), appender[{kind}], |b, i, e| merge(b, if(e.$1 == 0{suffix}, e.$0, e.$0 / e.$1 + e.$0 % e.$1) / c)))", Sizes, Passes);
    }

    [Theory]
    [MemberData(nameof(Unaries))]
    public void OperatorsOfOne(string name, string kind)
    {
        var op = OperatorTable.FindUnary(name)!;
        var result = op.ResultKind(ScalarKinds.Parse(kind)!.Value).Name();
        var program = $"|v: vec[{kind}]| result(for(v, appender[{result}], |b, i, x| merge(b, {(op.IsInfix ? $"{name}x" : $"{name}(x)")})))";
        VectorLoop.AssertVector(program, Passes);
        VectorLoop.Check(program, Sizes, Passes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Casts(string from)
    {
        foreach (var to in ScalarKinds.All.Select(k => k.Name()))
        {
            var program = $"|v: vec[{from}]| result(for(v, appender[{to}], |b, i, x| merge(b, {to}(x))))";
            VectorLoop.AssertVector(program, Passes);
            VectorLoop.Check(program, Sizes, Passes);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TotalOrderSelectsAndStructs(string kind)
    {
        string[] bodies =
        [
            $"result(for(zip(v, w), appender[i32], |b, i, x| merge(b, compare(x.$0, x.$1))))",
            $"result(for(zip(v, w), appender[{kind}], |b, i, x| merge(b, select(x.$0 < x.$1, x.$0, x.$1))))",
            $"result(for(zip(v, w), appender[{kind}], |b, i, x| let s = if(x.$0 < x.$1, {{x.$0, i}}, {{x.$1, 0L}}); if(s.$1 == 0L, b, merge(b, s.$0))))",
            $"result(for(zip(v, w), appender[{kind}], |b, i, x| if(x.$0 == x.$1 || x.$0 > c, merge(b, x.$0), if(x.$1 > c && x.$0 != x.$1, merge(b, x.$1), merge(b, c)))))",
        ];
        foreach (var body in bodies)
        {
            var program = $"|v: vec[{kind}], w: vec[{kind}], c: {kind}| {body}";
            VectorLoop.AssertVector(program, Passes);
            VectorLoop.Check(program, Sizes, Passes);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reductions(string kind)
    {
        foreach (var op in OperatorTable.Binary.Where(o => o.Reduces && o.Domain.Contains(ScalarKinds.Parse(kind)!.Value)))
        {
            if (kind == "bool")
            {
                continue;
            }

            string[] programs =
            [
                $"|v: vec[{kind}], c: {kind}| result(for(v, merger[{kind},{op.Name}](c), |b, i, x| merge(b, x)))",
                $"|v: vec[{kind}], c: {kind}| result(for(v, merger[{kind},{op.Name}], |b, i, x| if(x > c, merge(b, x), b)))",
                $"|v: vec[{kind}], c: {kind}| result(for(v, merger[{kind},{op.Name}], |b, i, x| if(x > c, merge(merge(b, x), c), merge(b, c))))",
            ];
            foreach (var program in programs)
            {
                VectorLoop.AssertVector(program, Passes);
                VectorLoop.Check(program, [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 700], Passes);
            }
        }
    }

    private static TheoryData<string, string> Each(IEnumerable<Operator> operators)
    {
        var data = new TheoryData<string, string>();
        foreach (var op in operators)
        {
            foreach (var kind in ScalarKinds.All.Where(k => op.Domain.Contains(k)))
            {
                data.Add(op.Name, kind.Name());
            }
        }

        return data;
    }
}
