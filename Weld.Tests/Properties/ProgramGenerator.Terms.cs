using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Expressions of any type.</summary>
internal sealed partial class ProgramGenerator
{
    private static readonly Annotation[] Hints =
        [new("predicate", "true"), new("vectorize", "false"), new("parallel", "true"), new("loopsize", "100"), new("grain_size", "64"), new("size", "12"), new("num_keys", "7"), new("branch_selectivity", "5000"), new("impl", "local")];

    /// <summary>An expression of a type.</summary>
    private Expr Term(WeldType type, Scope scope)
    {
        if (--_fuel <= 0 || _depth >= MaxDepth)
        {
            return Leaf(type, scope);
        }

        _depth++;
        var term = _random.Below(100) switch
        {
            < 5 => Bound(type, scope),
            < 8 => Applied(type, scope),
            < 13 => Conditional(type, scope),
            < 15 => RoundTrip(type, scope),
            < 17 => Repeated(type, scope),
            < 20 => Foreign(type, scope),
            _ => null,
        } ?? type switch
        {
            ScalarType s => ScalarTerm(s.Kind, scope),
            VectorType v => VectorTerm(v, scope),
            DictionaryType d => DictionaryTerm(d, scope),
            StructType s => StructTerm(s, scope),
            _ => throw new ArgumentException($"expected the type of a value, found {type}", nameof(type)),
        };
        _depth--;
        return _random.Percent(1) ? term with { Annotations = [_random.Pick(Hints)] } : term;
    }

    /// <summary>A variable, what a variable holds, or a constant.</summary>
    private Expr Leaf(WeldType type, Scope scope)
    {
        var variables = scope.Variables.Where(v => v.Type == type).ToArray();
        if (variables.Length > 0 && _random.Percent(85))
        {
            return new Ident(Recent(variables));
        }

        if (_random.Percent(30) && Access(type, scope) is { } access)
        {
            return access;
        }

        var scalars = scope.Variables.Where(v => v.Type is ScalarType).ToArray();
        return type is ScalarType s && scalars.Length > 0 && _random.Percent(60) && new Ident(Recent(scalars)) is var from
            ? from.Type == type ? from : new Cast(s.Kind, from)
            : Constant(type);
    }

    /// <summary>One of the variables, rather a late one.</summary>
    private Symbol Recent(Symbol[] variables) => variables[Math.Max(_random.Below(variables.Length), _random.Below(variables.Length))];

    /// <summary>A literal of a type; for a dictionary, which has none, an empty builder's result or eight zero bytes.</summary>
    private Expr Constant(WeldType type) => type switch
    {
        ScalarType s => Number(s.Kind),
        VectorType { Element: ScalarType { Kind: ScalarKind.I8 or ScalarKind.U8 } k } when _random.Percent(60) => new StringLiteral(k, _values.Word()),
        VectorType v => new VectorLiteral(v.Element, Enumerable.Range(0, _random.Below(4)).Select(_ => Constant(v.Element)).ToSeq()),
        StructType s => new StructLiteral(s.Fields.To(Constant)),
        DictionaryType { Value: VectorType v } d => new Result(new NewBuilder(new GroupMergerType(d.Key, v.Element))),
        DictionaryType d when _types.Reducer(d.Value) is { } op => new Result(new NewBuilder(new DictMergerType(d.Key, d.Value, op))),
        DictionaryType => new Deserialize(type, new VectorLiteral(ScalarType.U8, Enumerable.Repeat<Expr>(new Literal(Scalar.Zero(ScalarKind.U8)), 8).ToSeq())),
        _ => throw new ArgumentException($"expected the type of a value, found {type}", nameof(type)),
    };

    /// <summary>A literal; one that has a spelling.</summary>
    private Literal Number(ScalarKind kind)
    {
        var value = _values.Scalar(kind);
        return kind == ScalarKind.F32 && !float.IsFinite(value.AsSingle) ? new Literal(Scalar.F32(1.5f))
            : kind == ScalarKind.F64 && !double.IsFinite(value.AsDouble) ? new Literal(Scalar.F64(-0.25))
            : new Literal(value);
    }

    private Let Bound(WeldType type, Scope scope)
    {
        var value = Term(_random.Percent(50) ? _types.Scalar() : _types.Any(1), scope);
        var symbol = Bind(value);
        var inner = scope.With(symbol);
        return new Let(symbol, value, Term(type, inner));
    }

    private Apply Applied(WeldType type, Scope scope)
    {
        var arguments = Enumerable.Range(0, _random.Below(3)).Select(_ => Term(_types.Any(1), scope)).ToSeq();
        var parameters = arguments.To(Bind);
        return new Apply(new Lambda(parameters, Term(type, scope.With([.. parameters]))), arguments);
    }

    private Expr Conditional(WeldType type, Scope scope) => _random.Percent(60)
        ? new If(Term(ScalarType.Bool, scope), Term(type, scope), Term(type, scope))
        : new Select(Term(ScalarType.Bool, scope), Term(type, scope), Term(type, scope));

    private Expr? RoundTrip(WeldType type, Scope scope)
    {
        var value = Term(type, scope);
        return !Affordable(value, scope) ? value : new Deserialize(type, Risk ? Corrupt(value, scope) : new Serialize(value));
    }

    /// <summary>A part of the bytes of a value.</summary>
    private Slice Corrupt(Expr value, Scope scope) => new(new Serialize(value), Term(ScalarType.I64, scope), new Literal(Scalar.I64(_random.Below(20))));

    /// <summary>A value taken through a state a few times, beside a counter; or several of one type, which may change places.</summary>
    private Field? Repeated(WeldType type, Scope scope)
    {
        var values = Enumerable.Range(0, _random.Percent(50) ? 1 : _random.Between(2, 3)).Select(_ => Term(type, scope)).ToArray();
        if (scope.Executions * 8 * values.Length > _iterationLimit || !values.All(v => Affordable(v, scope)))
        {
            return null;
        }

        // What a step makes is no longer than what it is given, so that the bound holds after any number of steps.
        var state = Fresh(new StructType([.. values.Select(v => v.Type), ScalarType.I64]));
        var first = values.Select(_extents.Of).ToArray();
        var bound = _extents[state] = new Extent(Math.Max(12, first.Max(e => e.Length)), Math.Max(12, first.Max(e => e.Inner)));
        var next = values.Select(_ => _random.Percent(values.Length == 1 ? 0 : 60) ? Old() : Stepped()).ToArray();
        var initial = new StructLiteral([.. values, new Literal(Scalar.I64(_random.Between(0, 3)))]);
        return new Field(new Iterate(initial, new Lambda([state], new StructLiteral([new StructLiteral([.. next, Counted(state)]), GoesOn(state)]))), _random.Below(values.Length));

        Field Old() => new(new Ident(state), _random.Below(values.Length));

        Expr Stepped()
        {
            var step = Term(type, scope.With(state) with { Executions = scope.Executions * 4 });
            var made = _extents.Of(step);
            return made.Length <= bound.Length && made.Inner <= bound.Inner ? step : Old();
        }
    }

    /// <summary>The counter of a state, which is its last field, and one.</summary>
    private static Binary Counted(Symbol state) => new(OperatorTable.Add, Counter(state), new Literal(Scalar.I64(1)));

    /// <summary>Whether the counter of a state is below a small number.</summary>
    private Binary GoesOn(Symbol state) => new(OperatorTable.Less, Counter(state), new Literal(Scalar.I64(_random.Between(-1, 4))));

    private static Field Counter(Symbol state) => new(new Ident(state), ((StructType)state.Type).Fields.Count - 1);

    private ForeignCall? Foreign(WeldType type, Scope scope)
    {
        var functions = HostFunctions.All.All.Where(f => f.Type.Result == type).ToArray();
        return functions.Length == 0 ? null
            : _random.Pick(functions) is var f ? new ForeignCall(f.Name, type, f.Type.Parameters.To(p => Term(p, scope))) : null;
    }

    /// <summary>A value of a type inside a variable: down through fields, elements and values of keys.</summary>
    private Expr? Access(WeldType type, Scope scope)
    {
        var paths = scope.Variables.Where(v => v.Type is not ScalarType && Leads(v.Type, type, 3)).ToArray();
        return paths.Length == 0 ? null : Down(new Ident(Recent(paths)), type, scope, 3);
    }

    private static bool Leads(WeldType from, WeldType to, int depth) => from == to || (depth > 0 && from switch
    {
        StructType s => s.Fields.Any(f => Leads(f, to, depth - 1)),
        VectorType v => Leads(v.Element, to, depth - 1),
        DictionaryType d => Leads(d.Value, to, depth - 1),
        _ => false,
    });

    private Expr Down(Expr from, WeldType to, Scope scope, int depth)
    {
        if (from.Type == to)
        {
            return from;
        }

        switch (from.Type)
        {
            case StructType s:
                var fields = Enumerable.Range(0, s.Fields.Count).Where(i => Leads(s.Fields[i], to, depth - 1)).ToArray();
                return Down(new Field(from, _random.Pick(fields)), to, scope, depth - 1);
            case VectorType:
                return Element(from, x => Down(x, to, scope, depth - 1), () => Constant(to), scope);
            default:
                return ValueOfKey(from, x => Down(x, to, scope, depth - 1), () => Constant(to), scope);
        }
    }

    /// <summary>Whether so many evaluations of something that walks a value, or keeps it, stay small.</summary>
    private bool Affordable(Expr value, Scope scope) => _extents.Volume(value) * scope.Executions <= 20_000;
}
