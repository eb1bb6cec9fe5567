using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Syntax;

namespace Weld.Core.Types;

internal sealed partial class Inference
{
    private static readonly VectorType VectorOfI64 = new(ScalarType.I64);
    private static readonly SimdType SimdOfBool = new(ScalarType.Bool);
    private static readonly VectorType VectorOfU8 = new(ScalarType.U8);

    /// <summary>The type of a node, from the types of its children.</summary>
    private WeldType Rule(Expr expr)
    {
        switch (expr)
        {
            case Literal l:
                return l.Type;
            case Ident i:
                return i.Symbol.Type;
            case Let l:
                return LetRule(l);
            case Binary b:
                return BinaryRule(b);
            case Unary u:
                var operand = Of(u.Operand);
                return u.Operator.GivesBool ? Like(operand, ScalarType.Bool, u) : operand;
            case Field f:
                return FieldRule(f);
            case Hole:
                return _types.Fresh();
            case Ascription a:
                var ascribed = _types.Instantiate(a.Ascribed);
                Expect(ascribed, Of(a.Operand), a.Operand);
                return ascribed;
            case Logical l:
                Expect(ScalarType.Bool, Of(l.Left), l.Left);
                Expect(ScalarType.Bool, Of(l.Right), l.Right);
                return ScalarType.Bool;
            case Compare c:
                Expect(Of(c.Left), Of(c.Right), c.Right);
                return ScalarType.I32;
            case Cast c:
                return Like(Of(c.Operand), ScalarType.Of(c.Kind), c);
            case Select s:
                return SelectRule(s);
            case Broadcast b:
                return new SimdType(Of(b.Operand));
            case If i:
                Expect(ScalarType.Bool, Of(i.Condition), i.Condition);
                var then = Of(i.Then);
                Expect(then, Of(i.Else), i.Else);
                return then;
            case Assertion a:
                Expect(ScalarType.Bool, Of(a.Condition), a.Condition);
                return ScalarType.Bool;
            case Lambda f:
                Function(f);
                return Wrong(f, "a value", new FunctionType([], _types.Fresh()));
            case Apply a:
                return ApplyRule(a);
            case StructLiteral s:
                return Heavy(new StructType(s.Fields.To(Of)), s);
            default:
                return CollectionRule(expr);
        }
    }

    private WeldType CollectionRule(Expr expr)
    {
        switch (expr)
        {
            case VectorLiteral v:
                var element = Own(v, v.Element);
                foreach (var e in v.Elements)
                {
                    Expect(element, Of(e), e);
                }

                return new VectorType(_types.Head(element));
            case StringLiteral s:
                var unit = Own(s, s.Element);
                _texts.Add((s, unit));
                return new VectorType(unit);
            case Zip z:
                var elements = z.Vectors.To(v => ElementOf(Of(v), v));
                return new VectorType(elements.Count == 1 ? elements[0] : Heavy(new StructType(elements), z));
            case Length l:
                ElementOf(Of(l.Vector), l.Vector);
                return ScalarType.I64;
            case Lookup l:
                return LookupRule(l);
            case OptLookup o:
                return new StructType([ScalarType.Bool, DictionaryRule(o.Dictionary, o.Key)]);
            case KeyExists k:
                DictionaryRule(k.Dictionary, k.Key);
                return ScalarType.Bool;
            case Slice s:
                var sliced = Of(s.Vector);
                ElementOf(sliced, s.Vector);
                Expect(ScalarType.I64, Of(s.Start), s.Start);
                Expect(ScalarType.I64, Of(s.Count), s.Count);
                return sliced;
            case ToVector t:
                var (key, value) = (_types.Fresh(), _types.Fresh());
                Expect(new DictionaryType(key, value), Of(t.Dictionary), t.Dictionary, "a dictionary");
                return new VectorType(new StructType([key, value]));
            case Sort s:
                var vector = Of(s.Vector);
                var sorted = ElementOf(vector, s.Vector);
                Parameters(s.Comparator, sorted, sorted);
                Expect(ScalarType.I32, Of(s.Comparator.Body), s.Comparator.Body);
                return vector;
            case Serialize s:
                Of(s.Operand);
                return VectorOfU8;
            case Deserialize d:
                Expect(VectorOfU8, Of(d.Operand), d.Operand);
                return Own(d, d.ResultType);
            case ForeignCall c:
                return ForeignRule(c);
            case For f:
                return ForRule(f);
            case Iterate i:
                var state = Of(i.Initial);
                Parameters(i.Function, state);
                Expect(Heavy(new StructType([state, ScalarType.Bool]), i), Of(i.Function.Body), i.Function.Body);
                return state;
            case NewBuilder n:
                return BuilderRule(n);
            case Merge m:
                return MergeRule(m);
            case Result r:
                return ResultOf(Of(r.Builder), r);
            case IteratorArgument or Call:
                return Wrong(expr, "a value", _types.Fresh());
            default:
                throw new WeldInternalException("inference", $"no rule for {expr.GetType().Name}");
        }
    }

    private void Check(bool fits, Expr at, string expected, WeldType found)
    {
        if (!fits)
        {
            Wrong(at, expected, found);
        }
    }

    private void Expect(WeldType expected, WeldType found, Expr at, string words)
    {
        if (!_types.Unify(expected, found))
        {
            Wrong(at, words, found);
        }
    }

    private WeldType Heavy(WeldType type, Expr at) =>
        type.Weight <= WeldType.MostWeight ? type : throw new LimitException(at.Span, new TypeTooHeavyException().Message);

    private WeldType LetRule(Let first)
    {
        // A chain of lets is a loop here, not a recursion.
        Expr expr = first;
        for (; expr is Let let; expr = let.Body)
        {
            var value = Of(let.Value);
            if (let.Symbol.Type is TypeVariable)
            {
                let.Symbol.Infer(value);
            }
            else
            {
                Expect(Bind(let.Symbol), value, let.Value);
            }
        }

        return Of(expr);
    }

    private WeldType BinaryRule(Binary b)
    {
        if (b.Left is not Binary)
        {
            return Operands(b, Of(b.Left));
        }

        // A chain of operators leans to the left: walk down, then up.
        var chain = new Stack<Binary>();
        Expr expr = b;
        for (; expr is Binary link; expr = link.Left)
        {
            chain.Push(link);
        }

        var left = Of(expr);
        foreach (var link in chain)
        {
            left = Operands(link, left);
        }

        return left;
    }

    private WeldType Operands(Binary b, WeldType left)
    {
        Expect(left, Of(b.Right), b.Right);
        return b.Operator.GivesBool ? Like(left, ScalarType.Bool, b) : left;
    }

    /// <summary>A scalar type, or simd of it where the operand is simd.</summary>
    private WeldType Like(WeldType operand, ScalarType scalar, Expr place)
    {
        var head = _types.Head(operand);
        return head is TypeVariable ? LikeLater(operand, scalar, place) : head is SimdType ? new SimdType(scalar) : scalar;
    }

    private TypeVariable LikeLater(WeldType operand, ScalarType scalar, Expr place)
    {
        var result = _types.Fresh();
        Later(operand, place, t => Expect(t is SimdType ? new SimdType(scalar) : scalar, result, place));
        return result;
    }

    private WeldType FieldRule(Field f)
    {
        var operand = Of(f.Operand);
        var head = _types.Head(operand);
        return head is TypeVariable ? FieldLater(f, operand) : FieldOf(head, f);
    }

    private WeldType FieldOf(WeldType type, Field f) => type is StructType s && f.Index < s.Fields.Count && f.Index >= 0
        ? s.Fields[f.Index]
        : Wrong(f.Operand, $"a struct with a field ${f.Index}", type);

    private TypeVariable FieldLater(Field f, WeldType operand)
    {
        var field = _types.Fresh();
        Later(operand, f.Operand, t => Expect(FieldOf(t, f), field, f));
        return field;
    }

    private WeldType SelectRule(Select s)
    {
        var condition = Of(s.Condition);
        if (_types.Head(condition) is TypeVariable or ScalarType or SimdType)
        {
            Expect(_types.Head(condition) is SimdType ? SimdOfBool : ScalarType.Bool, condition, s.Condition);
        }
        else
        {
            Wrong(s.Condition, "bool", condition);
        }

        var then = Of(s.Then);
        Expect(then, Of(s.Else), s.Else);
        return then;
    }

    private WeldType ApplyRule(Apply a)
    {
        var parameters = a.Function.Parameters;
        if (parameters.Count != a.Arguments.Count)
        {
            Report(CompileCode.Type, a, $"expected {parameters.Count} arguments, found {a.Arguments.Count}");
        }

        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = Bind(parameters[i]);
            if (i < a.Arguments.Count)
            {
                Expect(parameter, Of(a.Arguments[i]), a.Arguments[i]);
            }
        }

        return Of(a.Function.Body);
    }

    /// <summary>Binds the parameters of a form's function to the types that the form gives them.</summary>
    private void Parameters(Lambda function, params ReadOnlySpan<WeldType> types)
    {
        if (function.Parameters.Count != types.Length)
        {
            Report(CompileCode.Type, function, $"expected a function of {types.Length} parameters, found {function.Parameters.Count}");
        }

        for (var i = 0; i < function.Parameters.Count; i++)
        {
            var symbol = function.Parameters[i];
            var type = Bind(symbol);
            if (i < types.Length && !_types.Unify(types[i], type))
            {
                _diagnostics.Add(CompileCode.Type, symbol.Span.IsNone ? function.Span : symbol.Span, $"expected {Show(types[i])} as the type of '{symbol.Name}', found {Show(type)}");
            }
        }
    }

    private WeldType ElementOf(WeldType vector, Expr at)
    {
        var head = _types.Head(vector);
        if (head is VectorType v)
        {
            return v.Element;
        }

        if (head is not TypeVariable)
        {
            return Wrong(at, "a vector", head);
        }

        var element = _types.Fresh();
        _types.Unify(vector, new VectorType(element));
        return element;
    }

    private WeldType LookupRule(Lookup l)
    {
        var (collection, key) = (Of(l.Collection), Of(l.Key));
        var head = _types.Head(collection);
        return head is TypeVariable ? LookupLater(l, collection, key) : LookupIn(head, key, l);
    }

    private WeldType LookupIn(WeldType collection, WeldType key, Lookup l)
    {
        switch (collection)
        {
            case VectorType v:
                Expect(ScalarType.I64, key, l.Key);
                return v.Element;
            case DictionaryType d:
                Expect(d.Key, key, l.Key);
                return d.Value;
            default:
                return Wrong(l.Collection, "a vector or dictionary", collection);
        }
    }

    private TypeVariable LookupLater(Lookup l, WeldType collection, WeldType key)
    {
        var result = _types.Fresh();
        Later(collection, l.Collection, t => Expect(LookupIn(t, key, l), result, l));
        return result;
    }

    private WeldType DictionaryRule(Expr dictionary, Expr key)
    {
        var (k, v) = (_types.Fresh(), _types.Fresh());
        var found = Of(dictionary);
        Expect(new DictionaryType(k, v), found, dictionary, "a dictionary");
        Expect(_types.Head(k), Of(key), key);
        return v;
    }

    private WeldType ForeignRule(ForeignCall c)
    {
        var arguments = c.Arguments.To(Of);
        var result = Own(c, c.ResultType);
        if (_functions.Find(c.Name) is not { Type: var type })
        {
            Report(CompileCode.UnknownFunction, c, $"expected a function that the host has registered, found '{c.Name}'");
            return result;
        }

        if (type.Parameters.Count != arguments.Count)
        {
            Report(CompileCode.Type, c, $"expected {type.Parameters.Count} arguments of {c.Name}, found {arguments.Count}");
            return result;
        }

        for (var i = 0; i < arguments.Count; i++)
        {
            Expect(type.Parameters[i], arguments[i], c.Arguments[i]);
        }

        Expect(type.Result, result, c);
        return result;
    }
}
