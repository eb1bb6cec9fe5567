using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>Adds what some sums of a reduction get in a chunk of its iterations. A function of its own: the sums are to have all registers.</summary>
/// <param name="run">The run.</param>
/// <param name="frame">What is read from around the loop.</param>
/// <param name="panel">The shared values of the chunk.</param>
/// <param name="sums">The lanes of all sums.</param>
/// <param name="k">The first iteration.</param>
/// <param name="end">The iteration after the last.</param>
internal delegate void SumGroup(Run run, long frame, long panel, long sums, long k, long end);

/// <summary>
/// A reduction into more sums than fit the registers, whose body first computes values that differ from lane to lane and that the sums share, as the elements of a matrix by which several rows are
/// multiplied. Those of a chunk of iterations are written to a panel, one after the other, where they stay in the nearest cache; then a few sums after the other read them.
/// </summary>
internal sealed class Panel
{
    /// <summary>Iterations of each virtual lane in a chunk: the more, the fewer times sums go to memory; the part of the panel that they read is to stay in the nearest cache.</summary>
    private const int PackedPerLane = 32;

    private Panel(For node, ReducedScalar scalar, VectorShape shape, int steps, int lanes, List<Let> lets, Expr[] values, LaneFacts facts)
    {
        (Node, Scalar, Steps, Lanes, Lets, Values) = (node, scalar, steps, lanes, lets, values);
        VectorBytes = shape.Bytes(scalar.Kind);
        Chunk = lanes == 1 ? VectorPlan.ChunkOfOne : PackedPerLane * lanes;
        foreach (var let in lets.Where(l => IsShared(l, facts)))
        {
            Offsets.Add(let.Symbol, StepBytes);
            StepBytes += shape.Bytes(let.Value.Type.LaneKind!.Value);
        }

        OwnFields = new ElementFields(node).Of(lets.Select(l => l.Value));
        Captured = [.. Own.SelectMany(FreeVariables.Of).Distinct().Where(s => !Offsets.ContainsKey(s) && !node.Function.Parameters.Contains(s) && !lets.Exists(l => l.Symbol == s))];
    }

    public For Node { get; }

    /// <summary>What all sums are.</summary>
    public ReducedScalar Scalar { get; }

    /// <summary>The steps that go through the loop together.</summary>
    public int Steps { get; }

    /// <summary>The virtual lanes of the reduction; 1 where the order does not show.</summary>
    public int Lanes { get; }

    /// <summary>The iterations of a chunk.</summary>
    public int Chunk { get; }

    /// <summary>The steps whose sums are added to together.</summary>
    public int StepsTogether => Math.Min(Steps, 2);

    /// <summary>The sums of each of these steps that are added to together.</summary>
    public int SumsTogether => VectorPlan.MostSums / StepsTogether;

    /// <summary>The variables of the body, in order.</summary>
    public IReadOnlyList<Let> Lets { get; }

    /// <summary>What each sum adds.</summary>
    public Expr[] Values { get; }

    /// <summary>The variables that lie in the panel, and where among the values of a step.</summary>
    public Dictionary<Symbol, int> Offsets { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The bytes of the values of a step.</summary>
    public int StepBytes { get; }

    /// <summary>The bytes of a sum in every lane of a vector.</summary>
    public int VectorBytes { get; }

    /// <summary>The bytes of all sums of all steps.</summary>
    public int RowBytes => Steps * Values.Length * VectorBytes;

    /// <summary>The bytes of the values of the steps that are added to together.</summary>
    public int PlaceBytes => StepBytes * StepsTogether;

    /// <summary>The bytes between the values of such steps and those of the next.</summary>
    public int PartBytes => PlaceBytes * Chunk;

    /// <summary>Of the sums that all are treated alike, so many go in turn before a loop looks whether there are more.</summary>
    public int InTurn => Steps * Values.Length % 4 == 0 ? 4 : 1;

    /// <summary>The iterators whose elements the variables are computed from.</summary>
    public IReadOnlySet<int> OwnFields { get; }

    /// <summary>The variables from around the loop that the sums are computed from beside the panel.</summary>
    public IReadOnlyList<Symbol> Captured { get; }

    private IEnumerable<Expr> Own => [.. Lets.Where(l => !Offsets.ContainsKey(l.Symbol)).Select(l => l.Value), .. Values];

    /// <summary>The panel of a loop; null where its sums fit the registers, differ in kind or share nothing, or add what may fail or differs from lane to lane by itself.</summary>
    public static Panel? Of(For node, Reduction reduction, VectorShape shape, int steps, LaneFacts facts)
    {
        var lets = new List<Let>();
        var body = node.Function.Body;
        for (; body is Let let; body = let.Body)
        {
            lets.Add(let);
        }

        if (reduction.Scalars.Count <= VectorPlan.MostSums / 2)
        {
            return null;
        }

        var scalar = reduction.Scalars[0];
        if (reduction.Scalars.Any(s => s.Kind != scalar.Kind || s.Operator != scalar.Operator) || node.Builder is not NewBuilder { Argument: null }
            || body is not Merge { Builder: Ident, Value: StructLiteral { Fields: var values } } || values.Any(v => v.Type is not ScalarType) || !lets.Exists(l => IsShared(l, facts)))
        {
            return null;
        }

        var panel = new Panel(node, scalar, shape, steps, reduction.IsSensitive ? ReductionOrder.Lanes(node.Builder.Type) : 1, lets, [.. values], facts);
        return panel.Captured.All(s => s.Type is ScalarType && !facts.Varies(s)) && panel.Own.All(e => !e.Facts.Has(Effects.Fails | Effects.Acts | Effects.Asserts | Effects.Loops)) ? panel : null;
    }

    /// <summary>Where the chunk that an iteration begins lies among the panels of all.</summary>
    public Expression AtIteration(Expression panels, Expression iteration) => Clr.Element(panels, iteration, StepBytes * Steps);

    // panel + (i mod L · chunk / L + i / L) · bytes
    /// <summary>Where the values of an iteration of a chunk lie: those of a lane of the reduction side by side.</summary>
    public Expression PlaceOf(Expression panel, Expression iteration) => Clr.Element(
        panel,
        Expression.Add(
            Expression.Multiply(Expression.And(iteration, Expression.Constant(Lanes - 1L)), Expression.Constant((long)Chunk / Lanes)),
            Expression.RightShift(iteration, Expression.Constant(int.Log2(Lanes)))),
        PlaceBytes);

    /// <summary>Where a sum of a step lies among all.</summary>
    public long Place(int step, int sum) => ((step * Values.Length) + sum) * VectorBytes;

    /// <summary>The iterators whose elements some of the sums are computed from, beside the panel.</summary>
    public IReadOnlySet<int> FieldsOf(Range some) => new ElementFields(Node).Of([.. Lets.Where(l => !Offsets.ContainsKey(l.Symbol)).Select(l => l.Value), .. Values[some]]);

    /// <summary>The iterators by which each sum, the first apart, differs from the one before it: where both read the same, the sums are the same. Null if some differ otherwise.</summary>
    public List<(int Sum, int Before, int Field)>? Repeats()
    {
        var repeats = new List<(int Sum, int Before, int Field)>();
        for (var sum = 1; sum < Values.Length; sum++)
        {
            var (before, fields) = (Order(sum - 1), Order(sum));
            var map = before.Zip(fields).ToDictionary(p => p.First, p => p.Second);
            if (before.Length != fields.Length || map.Any(p => Node.Iters[p.Key].Kind != Node.Iters[p.Value].Kind) || !Moved(Values[sum - 1], map).Equals(Values[sum]))
            {
                return null;
            }

            repeats.AddRange(map.Where(p => p.Key != p.Value).Select(p => (sum, p.Key, p.Value)));
        }

        return repeats;

        int[] Order(int sum) => [.. new ElementFields(Node).Of([Values[sum]]).Order()];

        Expr Moved(Expr expr, Dictionary<int, int> map) => Node.Iters.Count > 1 && expr is Field { Operand: Ident { Symbol: var symbol } own } field && symbol == Node.Function.Parameters[2]
            ? new Field(own, map[field.Index]) : expr.Map(e => Moved(e, map));
    }

    /// <summary>Whether a step of a loop has the same panels each time the loop runs: they, and how many iterations they are of, are computed from these variables alone.</summary>
    public bool IsSame(For loop, TileStage stage, IReadOnlySet<Symbol> outside)
    {
        var needed = new HashSet<Symbol>(Offsets.Keys, ReferenceEqualityComparer.Instance);
        var values = new List<Expr>();
        foreach (var let in Lets.Reverse().Where(l => needed.Contains(l.Symbol)))
        {
            values.Add(let.Value);
            needed.UnionWith(FreeVariables.Of(let.Value));
        }

        var fields = new ElementFields(Node).Of(values);
        var read = values.Concat(stage.Lets.Select(l => l.Value)).Concat(loop.Iters.SelectMany(i => i.Operands)).Concat(Node.Iters.Where((_, i) => fields.Contains(i)).SelectMany(i => i.Operands));
        HashSet<Symbol> own = [.. loop.Function.Parameters, .. Node.Function.Parameters, .. Lets.Select(l => l.Symbol), .. stage.Lets.Select(l => l.Symbol)];
        return AreSame(read) && Node.Iters.Any(i => AreSame(i.Operands));

        bool AreSame(IEnumerable<Expr> computed) => computed.SelectMany(FreeVariables.Of).All(s => own.Contains(s) || outside.Contains(s));
    }

    private static bool IsShared(Let let, LaneFacts facts) => facts.Varies(let.Symbol) && let.Value.Type.LaneKind is not (null or ScalarKind.Bool);
}
