using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Tests.Properties;

namespace Weld.Tests.Optimizer;

/// <summary>The oracle finds what is wrong with passes that are wrong, each in its way, and lets an error go that is in a value that nothing uses.</summary>
public class OracleTests
{
    private static readonly Dictionary<string, Rule> Wrong = new()
    {
        ["x - y  =>  y - x"] = e => e is Binary b && b.Operator == OperatorTable.Subtract && Rises(b) ? b with { Left = b.Right, Right = b.Left } : null,
        ["if(c, merge(b, x), b)  =>  merge(b, x)"] = e => e is If { Then: Merge { Builder: Ident } m, Else: Ident } ? m : null,
        ["x / y  =>  0, where y may be 0"] = e => e is Binary { Operator.ChecksZero: true, Type: ScalarType { Kind: var kind } } b && b.Facts.Has(Effects.Fails) ? new Literal(Scalar.Zero(kind)) : null,
        ["assert(c)  =>  true"] = e => e is Assertion ? new Literal(Scalar.Bool(true)) : null,
        ["a host function with effects is dropped"] = e => e is ForeignCall { HasEffects: true } c ? c.Arguments[0] : null,
        ["a loop is run five times"] = e => e is Result { Builder: For f } r && e.Annotations.Count == 0 && !f.Facts.Has(Effects.Acts)
            ? Enumerable.Range(0, 4).Aggregate((Expr)r with { Annotations = [new("size", "1")] }, (body, _) => new Let(new Symbol("again", r.Type), Substitution.Copy(r) with { Annotations = [new("size", "1")] }, body)) : null,
    };

    public static TheoryData<string> Rules => new(Wrong.Keys);

    [Theory]
    [MemberData(nameof(Rules))]
    public void AWrongPassIsFound(string rule)
    {
        var set = new PassSet("wrong", [new Pass("wrong", rule, Wrong[rule]) { MostRounds = 1 }]);
        Assert.Contains(Enumerable.Range(0, 2_000), seed => new Oracle(RandomProgram.Of((ulong)seed)).Check(set) is not null);
    }

    [Theory]
    [InlineData("|x: i64| let y = 1L / x; 5L", "5L", true)]
    [InlineData("|x: i64| {1L / x, 5L}.$1", "5L", true)]
    [InlineData("|x: i64| len(map([x, x], |e| 1L / e))", "2L", true)]
    [InlineData("|x: i64| lookup(slice(map([1L, x], |e| 6L / e), 0L, 1L), 0L)", "6L", true)]
    [InlineData("|x: i64| let v = slice([1L], 2L, 1L); 5L", "5L", true)]
    [InlineData("|x: i64| let v = result(for([3L], vecmerger[i64,+]([1L]), |b, i, e| merge(b, {e, e}))); 5L", "5L", true)]
    [InlineData("|x: i64| result(for([1L], {merger[i64,+], merger[i64,+]}, |b, i, e| {for(rangeiter(0L, 1L, x), b.$0, |c, j, y| c), merge(b.$1, 5L)})).$1", "5L", true)]
    [InlineData("|x: i64| result(for([1L], {merger[i64,+], merger[i64,+]}, |b, i, e| {for(rangeiter(0L, 1L, x), b.$0, |c, j, y| c), merge(b.$1, 5L)}))", "{0L, 5L}", false)]
    [InlineData("|x: i64| 5L + 0L * (1L / x)", "5L", false)]
    [InlineData("|x: i64| if(1L / x == 1L, 5L, 6L)", "6L", false)]
    [InlineData("|x: i64| let y = assert(x == 1L); 5L", "5L", false)]
    [InlineData("|x: i64| let y = 1L / x; 5L", "6L", false)]
    public void OnlyAnErrorThatNothingUsesMayGo(string program, string value, bool may)
    {
        var found = Weld.Core.Evaluation.Interpreter.Run(Rewrites.Read(value), []);
        Assert.Equal(may, UnusedErrors.MayGive(Rewrites.Read(program), [ScalarValue.I64(0)], found));
    }

    /// <summary>Of each pair of operands, only one order is turned round.</summary>
    private static bool Rises(Binary b) => b.Left is Ident && b.Right is Literal;
}
