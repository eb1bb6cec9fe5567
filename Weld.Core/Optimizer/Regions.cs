using System.Runtime.InteropServices;
using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>Where a value is computed within a region.</summary>
/// <param name="Tree">The first expression of it.</param>
/// <param name="Statement">The first statement that holds it.</param>
/// <param name="Count">How often it stands in the region.</param>
/// <param name="Runs">Whether it is computed each time the region runs, wherever it stands.</param>
/// <param name="Repeats">Whether it is computed over and over there, in a loop that does not change it.</param>
/// <param name="Parent">The value that it is an operand of, each time; −1 if there is no one such.</param>
/// <param name="Rises">How many regions it has been brought out of.</param>
internal readonly record struct Occurrence(Expr Tree, int Statement, int Count, bool Runs, bool Repeats, int Parent, int Rises)
{
    public Occurrence And(Occurrence other) => this with
    {
        Count = Count + other.Count,
        Runs = Runs || other.Runs,
        Repeats = Repeats || other.Repeats,
        Parent = Parent == other.Parent ? Parent : -1,
    };
}

/// <summary>A stretch of a program that runs as a whole or not at all: a function's body, a branch, a chain of lets. Its statements are the values of its lets, and its end.</summary>
/// <param name="depth">How many regions are around it.</param>
/// <param name="size">About how many values are computed in it.</param>
internal sealed class Region(int depth, int size)
{
    public int Depth { get; } = depth;

    /// <summary>The values computed in it that have a meaning in it, by number.</summary>
    public Dictionary<int, Occurrence> Occurrences { get; } = new(size);

    /// <summary>The statement being read.</summary>
    public int Statement { get; set; }

    /// <summary>Adds an occurrence; how often the value stands in the region now.</summary>
    public int Add(int number, Occurrence occurrence)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(Occurrences, number, out var isKnown);
        entry = isKnown ? entry.And(occurrence) : occurrence;
        return entry.Count;
    }
}

/// <summary>Reads a program: the number of every value, and for every region what it computes.</summary>
/// <param name="size">The nodes of the program.</param>
internal sealed class RegionReader(int size)
{
    /// <summary>Values are brought out of so many regions at most, so that the work stays linear however deep a program nests.</summary>
    private const int MostRises = 16;

    /// <summary>A region's table has room for so many values from the start at most.</summary>
    private const int MostExpected = 64;

    private readonly Dictionary<Expr, int> _numberOf = new(size, ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, Region> _regionOf = new(ReferenceEqualityComparer.Instance);
    private readonly TakenParts _parts = new();
    private Region _region = new(0, 0);

    public ValueNumbers Numbers { get; } = new(size);

    /// <summary>Whether some value is computed twice, or in a loop that does not change it.</summary>
    public bool FindsAny { get; private set; }

    public int NumberOf(Expr expr) => expr is Ident i ? Numbers.Of(i.Symbol) : _numberOf[expr];

    /// <summary>The region that starts at an expression, or null.</summary>
    public Region? RegionAt(Expr start) => _regionOf.GetValueOrDefault(start);

    /// <summary>Whether an expression is worth a variable: it takes work, gives no builder, and may be left out.</summary>
    public bool IsShareable(Expr expr) =>
        expr is not (Ident or Literal or Field or StructLiteral or Lambda or Let or Broadcast) && !expr.Facts.Has(Effects.Acts) && !expr.Type.ContainsBuilder && !_parts.In(expr);

    public void Program(Lambda program) => Function(program);

    private int Visit(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

    private int Step(Expr expr)
    {
        if (expr is Ident i)
        {
            return Numbers.Of(i.Symbol);
        }

        if (expr is Let)
        {
            var inner = Read(expr, out var own);
            Rise(inner, static o => o);
            return own;
        }

        var children = expr.Children;
        Span<int> numbers = children.Count <= 16 ? stackalloc int[children.Count] : new int[children.Count];
        Children(expr, children, numbers);
        var number = expr.Facts.Has(Effects.Acts) && expr is ForeignCall { HasEffects: true } ? Numbers.Unique(_region.Depth) : Numbers.Of(expr, numbers);
        _numberOf[expr] = number;
        var here = expr is If or Logical ? 1 : children.Count;
        for (var k = 0; k < here; k++)
        {
            Compute(children[k], numbers[k], number);
        }

        return number;
    }

    /// <summary>Notes that the statement being read computes a value, as an operand of <paramref name="parent"/>. Branches and functions note what is in them.</summary>
    private void Compute(Expr expr, int number, int parent)
    {
        if (expr is not (Ident or Literal or Let or Lambda) && Numbers.Depth(number) <= _region.Depth)
        {
            var count = _region.Add(number, new Occurrence(expr, _region.Statement, 1, Runs: true, Repeats: false, parent, 0));
            FindsAny |= count > 1 && IsShareable(expr);
        }
    }

    private void Children(Expr expr, Seq<Expr> children, Span<int> numbers)
    {
        switch (expr)
        {
            case If i:
                numbers[0] = Visit(i.Condition);
                var then = Read(i.Then, out numbers[1]);
                var other = Read(i.Else, out numbers[2]);
                Join(then, other);
                break;
            case Logical l:
                numbers[0] = Visit(l.Left);
                Rise(Read(l.Right, out numbers[1]), static o => o with { Runs = false });
                break;
            default:
                for (var k = 0; k < numbers.Length; k++)
                {
                    numbers[k] = children[k] is Lambda f ? Inside(f, expr) : Visit(children[k]);
                }

                break;
        }
    }

    /// <summary>
    /// What a loop computes in each iteration, whatever the iteration, may be computed before it if it cannot fail, or if the loop runs at least once,
    /// as iterate does.
    /// </summary>
    private int Inside(Lambda f, Expr loop)
    {
        var region = Function(f);
        switch (loop)
        {
            case Apply:
                Rise(region, static o => o);
                break;
            case Iterate:
                Rise(region, static o => o with { Repeats = o.Runs });
                break;
            default:
                Rise(region, static o => o.Runs && !o.Tree.Facts.Has(Effects.Fails) && !o.Tree.Type.ContainsSimd ? o with { Repeats = true } : o with { Runs = false });
                break;
        }

        return _numberOf[f];
    }

    private Region Function(Lambda f)
    {
        for (var k = 0; k < f.Parameters.Count; k++)
        {
            Numbers.BindParameter(f.Parameters[k], _region.Depth + 1, k);
        }

        var region = Read(f.Body, out var body);
        _numberOf[f] = Numbers.OfFunction(f, body, region.Depth);
        return region;
    }

    private Region Read(Expr start, out int number)
    {
        var outer = _region;
        var region = _region = new Region(outer.Depth + 1, Math.Min(start.Facts.Size, MostExpected));
        _regionOf[start] = region;
        var failing = new List<int>();
        var expr = start;
        for (; expr is Let let; expr = let.Body, region.Statement++)
        {
            _parts.Bind(let);
            var value = Visit(let.Value);
            Compute(let.Value, value, -1);
            Numbers.Bind(let.Symbol, value);
            if (let.Value.Facts.Has(Effects.Fails | Effects.Acts | Effects.Asserts))
            {
                failing.Add(value);
            }
        }

        number = Visit(expr);
        Compute(expr, number, -1);
        if (failing.Count > 0)
        {
            failing.Add(number);
            number = Numbers.Of(start, failing.ToArray());
        }

        if (start is Let)
        {
            _numberOf[start] = number;
        }

        _region = outer;
        return region;
    }

    private void Rise(Region inner, Func<Occurrence, Occurrence> seen)
    {
        foreach (var (number, occurrence) in inner.Occurrences)
        {
            Rise(number, seen(occurrence));
        }
    }

    /// <summary>What both branches compute is computed in any case.</summary>
    private void Join(Region then, Region other)
    {
        foreach (var (number, one) in then.Occurrences)
        {
            Rise(number, other.Occurrences.TryGetValue(number, out var two) ? one.And(two) with { Runs = one.Runs && two.Runs } : one with { Runs = false });
        }

        foreach (var (number, two) in other.Occurrences)
        {
            if (!then.Occurrences.ContainsKey(number))
            {
                Rise(number, two with { Runs = false });
            }
        }
    }

    private void Rise(int number, Occurrence occurrence)
    {
        if (Numbers.Depth(number) <= _region.Depth && occurrence.Rises < MostRises)
        {
            var count = _region.Add(number, occurrence with { Statement = _region.Statement, Rises = occurrence.Rises + 1 });
            FindsAny |= (occurrence.Repeats || count > 1) && IsShareable(occurrence.Tree);
        }
    }
}
