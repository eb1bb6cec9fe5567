using Weld.Core;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.IR;

/// <summary>Alpha-equality, substitution and the verifier.</summary>
public class TreeTests
{
    private static readonly Literal One = new(Scalar.I64(1));
    private static readonly Symbol X = new("x", ScalarType.I64);
    private static readonly Symbol Y = new("y", ScalarType.I64);

    [Theory]
    [InlineData("|x: i64| x", "|y: i64| y", true)]
    [InlineData("|x: i64| x", "|x: i32| x", false)]
    [InlineData("|x: i64, y: i64| x - y", "|y: i64, x: i64| y - x", true)]
    [InlineData("|x: i64, y: i64| x - y", "|x: i64, y: i64| y - x", false)]
    [InlineData("let a = 1; let b = 2; a", "let a = 1; let b = 2; b", false)]
    [InlineData("1 + 2", "1 - 2", false)]
    [InlineData("1", "1L", false)]
    [InlineData("0.0", "-0.0", false)]
    [InlineData("{1}.$0", "{1, 2}.$0", false)]
    [InlineData("\"a\"", "\"b\"", false)]
    [InlineData("i64(1)", "i32(1)", false)]
    [InlineData("true && false", "true || false", false)]
    [InlineData("merger[i64,+]", "merger[i64,*]", false)]
    [InlineData("appender[i64]", "appender[i64](1L)", false)]
    [InlineData("@(size: 1) 2", "2", false)]
    [InlineData("|v: vec[i64]| for(v, appender[i64], |b, i, x| b)", "|v: vec[i64]| for(fringeiter(v), appender[i64], |b, i, x| b)", false)]
    [InlineData("|v: vec[i64]| for(iter(v, 0L, 1L, 1L), appender[i64], |b, i, x| b)", "|v: vec[i64]| for(v, appender[i64], |b, i, x| b)", false)]
    public void Trees_are_equal_modulo_names(string left, string right, bool equal)
    {
        var (a, b) = (Checked(left).Program, Checked(right).Program);
        Assert.Equal(equal, AlphaEquality.Equal(a, b));
        Assert.Equal(equal, AlphaEquality.Equal(b, a));
        Assert.Equal(equal, AlphaEquality.Hash(a) == AlphaEquality.Hash(b));
        Assert.True(AlphaEquality.Equal(a, a));
    }

    [Fact]
    public void Hashes_are_the_same_in_every_process() =>
        Assert.Equal(AlphaEquality.Hash(Checked("|a: vec[i64]| sum(a)").Program), AlphaEquality.Hash(Checked("|b: vec[i64]| sum(b)").Program));

    [Fact]
    public void Free_variables_are_equal_only_to_themselves()
    {
        Assert.True(AlphaEquality.Equal(new Ident(X), new Ident(X)));
        Assert.False(AlphaEquality.Equal(new Ident(X), new Ident(Y)));
        Assert.False(AlphaEquality.Equal(new Lambda([X], new Ident(Y)), new Lambda([Y], new Ident(Y))));
    }

    [Fact]
    public void Shared_trees_compare_in_linear_time()
    {
        static Expr Doubled()
        {
            Expr e = new Ident(X);
            for (var i = 0; i < 60; i++)
            {
                e = new Binary(OperatorTable.Add, e, e);
            }

            return e;
        }

        Assert.True(AlphaEquality.Equal(Doubled(), Doubled()));
        Assert.Equal(AlphaEquality.Hash(Doubled()), AlphaEquality.Hash(Doubled()));
    }

    [Fact]
    public void A_copy_has_variables_of_its_own()
    {
        var program = Checked("|v: vec[i64]| let k = len(v); map(v, |x| x + k)").Program;
        var copy = Substitution.Copy(program);
        Assert.True(AlphaEquality.Equal(program, copy));
        Assert.NotSame(program.Parameters[0], copy.Parameters[0]);
        Assert.Empty(Verifier.Verify(copy));
    }

    [Fact]
    public void Replacement_keeps_every_variable_bound_once()
    {
        var sum = new Binary(OperatorTable.Add, new Ident(X), new Ident(X));
        var replaced = Substitution.Replace(sum, X, new Let(Y, One, new Ident(Y)));
        Assert.Equal("(let y = 1L; y) + (let y = 1L; y)", replaced.ToString());
        Assert.Empty(Verifier.Verify(new Lambda([], replaced)));
        Assert.Same(sum, Substitution.Replace(sum, Y, One));
    }

    public static TheoryData<int, Lambda> Unsound()
    {
        var (b, i, e) = (new Symbol("b", new AppenderType(ScalarType.I64)), new Symbol("i", ScalarType.I64), new Symbol("e", ScalarType.I64));
        var vector = new VectorLiteral(ScalarType.I64, [One]);
        var builder = new NewBuilder(new AppenderType(ScalarType.I64));
        var loop = new Lambda([b, i, e], new Merge(new Ident(b), new Ident(e)));
        Lambda Of(Expr body) => new([], body);
        return new TheoryData<int, Lambda>
        {
            { 1, Of(new Binary(OperatorTable.Add, One, new Literal(Scalar.I32(1)))) },
            { 1, Of(new Let(X, new Literal(Scalar.Bool(true)), One)) },
            { 1, Of(new For([new Iter(vector)], builder, new Lambda([b, e], new Ident(b)))) },
            { 2, Of(new StructLiteral([new Let(X, One, new Ident(X)), new Let(X, One, new Ident(X))])) },
            { 2, new Lambda([X, X], One) },
            { 3, Of(new Ident(X)) },
            { 3, Of(new StructLiteral([new Let(X, One, new Ident(X)), new Ident(X)])) },
            { 4, Of(new Lambda([X], One)) },
            { 4, Of(new Let(X, new Lambda([], One), One)) },
            { 5, Of(new VectorLiteral(TypeVariable.Unknown, [])) },
            { 5, Of(new Let(new Symbol("z", TypeVariable.Unknown), One, One)) },
            { 5, Of(new Weld.Core.Syntax.Hole()) },
            { 5, Of(new Weld.Core.Syntax.Ascription(One, ScalarType.I64)) },
            { 6, Of(new VectorLiteral(new SimdType(ScalarType.I64), [])) },
            { 6, Of(new StructLiteral([new Broadcast(One)])) },
            { 6, new Lambda([new Symbol("d", new DictionaryType(new DictionaryType(ScalarType.I64, ScalarType.I64), ScalarType.I64))], One) },
            { 6, Of(new VectorLiteral(new AppenderType(ScalarType.I64), [])) },
            { 7, Of(new For([], builder, loop)) },
            { 7, Of(new For([new Iter(IterKind.Scalar, vector, One)], builder, loop)) },
            { 7, Of(new For([new Iter(IterKind.Simd, vector), new Iter(vector)], builder, loop)) },
            { 8, Of(new Broadcast(One)) },
            { 8, new Lambda([new Symbol("s", new SimdType(ScalarType.I64))], One) },
            { 9, Of(new StructLiteral([new Let(b, builder, new StructLiteral([new Result(new Ident(b)), new Result(new Ident(b))])), One])) },
        };
    }

    [Theory]
    [MemberData(nameof(Unsound), DisableDiscoveryEnumeration = true)]
    public void Each_invariant_is_verified(int invariant, Lambda program) =>
        Assert.Contains(Verifier.Verify(program), v => v.Invariant == invariant);

    [Fact]
    public void Sound_programs_have_no_violations() =>
        Assert.Empty(Verifier.Verify(Checked("|v: vec[f64], w: vec[f64]| let s = sum(v); sort(map(zip(v, w), |x| x.$0 * s), |a, b| compare(a, b))").Program));
}
