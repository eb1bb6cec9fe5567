using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Tests.Goldens;

/// <summary>Every node, operator, builder, iterator, type and code occurs in some golden program that states its outcome.</summary>
public class CompletenessTests
{
    private static readonly IReadOnlyList<Expr> Nodes = [.. GoldenCase.All.SelectMany(Programs).SelectMany(All)];
    private static readonly IReadOnlyList<WeldType> Types = [.. Nodes.Select(n => n.Type).Distinct().SelectMany(AllParts).Distinct()];

    [Fact]
    public void EveryNode() => AllOccur(Concrete(typeof(Expr)).Where(t => t.IsPublic), Nodes.Select(n => n.GetType()));

    [Fact]
    public void EveryOperator()
    {
        var wanted = OperatorTable.Unary.Cast<Operator>().Concat(OperatorTable.Binary);
        AllOccur(wanted, Nodes.SelectMany(n => n is Unary u ? [u.Operator] : n is Binary b ? [b.Operator] : (IEnumerable<Operator>)[]));
    }

    [Fact]
    public void EveryBuilderWithEveryOperator()
    {
        AllOccur(Concrete(typeof(BuilderType)), Nodes.OfType<NewBuilder>().Select(b => b.BuilderType.GetType()));
        var reducing = OperatorTable.Binary.Where(o => o.Reduces).ToArray();
        AllOccur(reducing, Nodes.OfType<NewBuilder>().Select(b => b.BuilderType).OfType<MergerType>().SelectMany(m => Operators(m.Operator)));
        AllOccur(reducing, Nodes.OfType<NewBuilder>().Select(b => b.BuilderType).OfType<VecMergerType>().SelectMany(m => Operators(m.Operator)));
        AllOccur(reducing.Except([OperatorTable.And]), Nodes.OfType<NewBuilder>().Select(b => b.BuilderType).OfType<DictMergerType>().SelectMany(m => Operators(m.Operator)));
        AllOccur([true, false], Nodes.OfType<NewBuilder>().Select(b => b.Argument is null));
    }

    [Fact]
    public void EveryIterator() => AllOccur(Enum.GetValues<IterKind>(), Nodes.OfType<For>().SelectMany(f => f.Iters).Select(i => i.Kind));

    [Fact]
    public void EveryType()
    {
        AllOccur(ScalarKinds.All, Types.OfType<ScalarType>().Select(t => t.Kind));
        AllOccur(Concrete(typeof(WeldType)).Where(t => t != typeof(TypeVariable)), Types.Select(t => t.GetType()));
        AllOccur(ScalarKinds.All, Nodes.OfType<Cast>().Select(c => c.Kind));
    }

    [Fact]
    public void EveryCode()
    {
        var stated = GoldenCase.All.SelectMany(c => c.Get("error")).Select(e => e.Split(' ')).Where(e => e.Length > 1).ToArray();
        AllOccur(Enum.GetNames<CompileCode>().Except([nameof(CompileCode.Internal)]), stated.Where(e => e[0] == "compile").Select(e => e[1]));
        AllOccur(Enum.GetNames<RuntimeCode>().Except([nameof(RuntimeCode.Internal)]), stated.Where(e => e[0] == "run").Select(e => e[1]));
    }

    private static void AllOccur<T>(IEnumerable<T> wanted, IEnumerable<T> found) => Assert.Empty(wanted.Except(found));

    private static IEnumerable<Type> Concrete(Type root) => root.Assembly.GetTypes().Where(t => t.IsSubclassOf(root) && !t.IsAbstract);

    private static IEnumerable<Expr> Programs(GoldenCase golden) =>
        golden.Get("repeat").Any() || !FrontEnd.TryCheck(new SourceText(golden.Program), new HostFunctions().All, out var program, out _) ? [] : [program.Program];

    private static IEnumerable<Expr> All(Expr node) => [node, .. node.Children.SelectMany(All)];

    private static IEnumerable<WeldType> AllParts(WeldType type) => [type, .. type.Parts.SelectMany(AllParts)];

    private static IEnumerable<Operator> Operators(MergeOperator op) => op is StructOperator s ? s.Fields.SelectMany(Operators) : [((SingleOperator)op).Operator];
}
