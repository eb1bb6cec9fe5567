using System.Collections.Immutable;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>The variables in reach of an expression, and how often it is evaluated.</summary>
/// <param name="Variables">All but builders.</param>
/// <param name="Executions">A bound on how often.</param>
/// <param name="Cells">The length of the vector that a vecmerger in reach started from.</param>
internal sealed record Scope(ImmutableList<Symbol> Variables, long Executions = 1, long Cells = 0)
{
    public Scope With(params Symbol[] symbols) => this with { Variables = Variables.AddRange(symbols) };
}

/// <summary>Builds well-typed programs: every expression is made for a wanted type, and builders are passed on so that each is used once on every path.</summary>
internal sealed partial class ProgramGenerator
{
    private const int MaxDepth = 9;

    private readonly RandomSource _random;
    private readonly RandomTypes _types;
    private readonly RandomValues _values;
    private readonly Extents _extents = new();
    private readonly bool _risky;
    private long _iterationLimit = 1_500;
    private int _fuel;
    private int _depth;
    private int _symbols;

    /// <param name="random">Where choices come from.</param>
    /// <param name="risky">The program may also do what can raise.</param>
    public ProgramGenerator(RandomSource random, bool risky)
    {
        _random = random;
        _types = new RandomTypes(random);
        _values = new RandomValues(random, dyadic: random.Percent(50));
        _risky = risky;
    }

    private bool Risk => _risky && _random.Percent(12);

    /// <summary>A few vectors of one length and a few other arguments, a few steps, and a result that uses them all.</summary>
    public RandomProgram Ordinary(ulong seed)
    {
        var length = _random.Below(10) switch
        {
            < 3 => _random.Between(0, 12),
            _ => _random.Between(101, 260),
        };
        var parameters = new List<(Symbol Symbol, Value Value)>();
        for (var i = _random.Between(1, 2); i > 0; i--)
        {
            Parameter(new VectorType(_random.Percent(75) ? _types.Flat(1) : _types.Any(2)), length);
        }

        for (var i = _random.Below(4); i > 0; i--)
        {
            Parameter(_types.Any());
        }

        var body = Steps(_random.Between(1, 3), new Scope([.. parameters.Select(p => p.Symbol)]), [.. parameters.Take(2).Where(p => length > 0 && p.Symbol.Type is VectorType).Select(p => p.Symbol)]);
        return new RandomProgram(seed, new Lambda(parameters.Select(p => p.Symbol).ToSeq(), body), parameters.Select(p => p.Value).ToSeq());

        void Parameter(WeldType type, int size = -1)
        {
            var value = _values.Of(type, size);
            var symbol = Fresh(type);
            _extents[symbol] = Extents.Of(value);
            parameters.Add((symbol, value));
        }
    }

    /// <summary>A small loop over more than 200,000 elements in all, alone or in a loop of a few iterations: several blocks of a reduction.</summary>
    public RandomProgram Long(ulong seed)
    {
        var outer = _random.Percent(70) ? 1 : _random.Between(2, 3);
        var length = (_random.Between(200_001, 280_000) / outer) + 1;
        var parameter = Fresh(new VectorType(_types.Scalar()));
        var cycle = ((VectorValue)_values.Of(parameter.Type, _random.Between(1_000, 2_000))).Elements;
        var elements = new Value[length];
        for (var i = 0; i < length; i++)
        {
            elements[i] = cycle.Span[i % cycle.Length];
        }

        _extents[parameter] = new Extent(length, 0, true);
        _iterationLimit = length * outer;
        _fuel = 6;
        var result = _random.Percent(25) ? new VectorType(_types.Scalar()) : _random.Percent(40) ? new DictionaryType(_types.Scalar(), _types.Reducible()) : _types.Reducible();
        var (builder, cells) = NewBuilders(_types.BuilderOf(result)!, new Scope([parameter]));
        var scope = new Scope([parameter], Cells: cells);
        Seq<Iter> iters = _random.Percent(70) ? [new Iter(new Ident(parameter))] : [Range(0, length, 1)];
        var loop = outer == 1 ? Loop(iters, builder, scope)
            : For([Range(0, outer, 1)], builder, scope, (b, inner) => Loop(iters, _random.Percent(50) ? b : Put(b, inner), inner));
        return new RandomProgram(seed, new Lambda([parameter], new Result(loop)), [new VectorValue(elements)]);
    }

    /// <summary>A program that ends with a builder unfinished, and one that takes it up and finishes it: each with the other arguments it has.</summary>
    public (RandomProgram First, RandomProgram Second) Relay(ulong seed)
    {
        WeldType? type = null;
        while (type is null)
        {
            type = _types.BuilderOf(_types.Any(2));
        }

        var first = Data();
        var scope = new Scope([first.Symbol]);
        _fuel = 10;
        var (builder, cells) = NewBuilders(type, scope);
        var unfinished = Loop(null, builder, scope with { Cells = cells });

        var second = Data();
        var taken = Fresh(type);
        _fuel = 10;
        var finished = new Result(Fill(Loop(null, new Ident(taken), new Scope([second.Symbol], Cells: cells)), new Scope([second.Symbol], Cells: cells)));
        return (new RandomProgram(seed, new Lambda([first.Symbol], unfinished), [first.Value]), new RandomProgram(seed, new Lambda([taken, second.Symbol], finished), [second.Value]));

        (Symbol Symbol, Value Value) Data()
        {
            var symbol = Fresh(new VectorType(_types.Flat(1)));
            var value = _values.Of(symbol.Type, _random.Between(0, 40));
            _extents[symbol] = Extents.Of(value);
            return (symbol, value);
        }
    }

    /// <summary>Lets, each of a random expression, and a struct of what they hold.</summary>
    private Expr Steps(int count, Scope scope, Seq<Symbol> main)
    {
        var bound = new List<(Symbol Symbol, Expr Value)>();
        for (var i = 0; i < count; i++)
        {
            _fuel = _random.Between(4, 11);
            var value = i == 0 && main.Count > 0 && _random.Percent(85) ? OverMain(_random.Pick(main), scope) : _random.Percent(60) ? Feature(scope) : Term(_types.Any(), scope);
            var symbol = Bind(value);
            bound.Add((symbol, value));
            scope = scope.With(symbol);
        }

        foreach (var query in Queries())
        {
            var value = query(scope);
            var symbol = Bind(value);
            bound.Add((symbol, value));
            scope = scope.With(symbol);
        }

        _fuel = 3;
        var last = Term(_types.Any(1), scope);
        var used = new HashSet<Symbol>();
        foreach (var e in bound.Select(b => b.Value).Append(last))
        {
            CollectUses(e, used);
        }

        var results = bound.Where(b => !used.Contains(b.Symbol) || _random.Percent(30)).Select(b => (Expr)new Ident(b.Symbol)).Where(e => e.Type is not SimdType).Append(last).ToSeq();
        var body = results.Count == 1 && _random.Percent(50) ? results[0] : new StructLiteral(results);
        return Enumerable.Reverse(bound).Aggregate(body, (rest, b) => new Let(b.Symbol, b.Value, rest));
    }

    /// <summary>A variable of its own name, now and then of a name that others have too.</summary>
    private Symbol Fresh(WeldType type) => new(_random.Percent(10) ? "x" : $"x{_symbols++}", type);

    /// <summary>A variable for a value.</summary>
    private Symbol Bind(Expr value)
    {
        var symbol = Fresh(value.Type);
        _extents[symbol] = _extents.Of(value);
        return symbol;
    }

    private static void CollectUses(Expr e, HashSet<Symbol> used)
    {
        if (e is Ident i)
        {
            used.Add(i.Symbol);
        }

        foreach (var child in e.Children)
        {
            CollectUses(child, used);
        }
    }
}
