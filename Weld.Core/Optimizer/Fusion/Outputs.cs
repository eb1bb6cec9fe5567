using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>Gets the results of a region's loops ready for fusion: structs of results apart where only their fields are used, and lengths without the vector.</summary>
internal sealed class Outputs
{
    /// <summary>How the region reads each loop's result.</summary>
    private readonly Dictionary<Symbol, Reads> _reads = new(ReferenceEqualityComparer.Instance);

    /// <summary>The names of the fields of results that come apart.</summary>
    private readonly Dictionary<Symbol, Symbol[]> _fields = new(ReferenceEqualityComparer.Instance);

    /// <summary>Lengths that are known without the vector.</summary>
    private readonly Dictionary<Symbol, Expr> _lengths = new(ReferenceEqualityComparer.Instance);

    private readonly Func<Expr, Expr> _visit;

    private Outputs() => _visit = StackGuard.Guarded<Expr>(Step);

    /// <summary>Rewrites the statements and the tail; whether a length was found without its vector.</summary>
    public static bool Prepare(List<Statement> statements, ref Expr tail)
    {
        var outputs = new Outputs();
        outputs.Read(statements, tail);
        outputs.Split(statements);
        outputs.FindLengths(statements);
        if (outputs._fields.Count + outputs._lengths.Count > 0)
        {
            tail = outputs.Rewrite(statements, tail);
        }

        return outputs._lengths.Count > 0;
    }

    private void Read(List<Statement> statements, Expr tail)
    {
        foreach (var statement in statements)
        {
            if (statement is LoopStatement)
            {
                _reads.Add(statement.Symbol, new Reads());
            }
        }

        foreach (var statement in statements)
        {
            foreach (var iter in statement is LoopStatement s ? s.Loop.Iters : [])
            {
                if (iter is { Start: null, Data: Ident data } && _reads.TryGetValue(data.Symbol, out var reads))
                {
                    reads.Visits++;
                }
            }

            Read(statement.Value);
        }

        Read(tail);
    }

    private bool Read(Expr expr) => StackGuard.Walk(
        expr,
        static a =>
        {
            var used = a.Expr switch { Field f => f.Operand, Length l => l.Vector, _ => a.Expr } as Ident;
            if (used is not null && a.This._reads.TryGetValue(used.Symbol, out var reads))
            {
                reads.Uses++;
                reads.Fields += a.Expr is Field ? 1 : 0;
                reads.Lengths += a.Expr is Length ? 1 : 0;
            }

            foreach (var child in used is null ? a.Expr.Children.Span : [])
            {
                a.This.Read(child);
            }

            return true;
        },
        (This: this, Expr: expr));

    // let r = result(for(v, {a, b}, f)); g(r.$0, r.$1)  =>  r0, r1 = result(for(v, {a, b}, f)); g(r0, r1)
    private void Split(List<Statement> statements)
    {
        foreach (var statement in statements)
        {
            if (statement is LoopStatement { IsFinished: true, Loop.Builder: StructLiteral { Fields.Count: > 1 } } s && _reads[s.Symbol] is var reads && reads.Fields == reads.Uses)
            {
                s.Outputs = ((StructType)s.Symbol.Type).Fields.To(f => new Symbol(s.Symbol.Name, f)).Array;
                _fields.Add(s.Symbol, s.Outputs);
            }
        }
    }

    // let w = result(for(v, appender, |b, i, x| merge(b, f(x)))); len(w)  =>  … len(v)
    // let w = result(for(v, appender, f)); len(w), w only visited else, f merges in places that a loop over w can join  =>  let n = result(for(w, merger[i64,+], |b, i, x| merge(b, 1L))); … n
    private void FindLengths(List<Statement> statements)
    {
        for (var at = 0; at < statements.Count; at++)
        {
            if (statements[at] is not LoopStatement { Outputs: [var output] } s || _reads[output] is not { Lengths: > 0 } reads || !LoopStatement.IsStream(s.Loop.Builder))
            {
                continue;
            }

            if (s.Loop.Iters is [{ Kind: IterKind.Scalar, Start: null, Data: { } data }] && MergeBody.Value(s.Loop.Function.Body, s.Loop.Function.Parameters[0]) is not null)
            {
                _lengths.Add(output, data is Ident d && _lengths.TryGetValue(d.Symbol, out var length) ? length : new Length(data));
            }
            else if (reads.Uses == reads.Lengths + reads.Visits && MergeBody.Points(s.Loop.Function.Body, s.Loop.Function.Parameters[0]) > 0)
            {
                var counter = Count(output);
                _lengths.Add(output, new Ident(counter.Symbol));
                statements.Insert(++at, counter);
                _reads.Add(counter.Symbol, new Reads());
            }
        }
    }

    private static LoopStatement Count(Symbol vector)
    {
        var type = new MergerType(ScalarType.I64, new SingleOperator(OperatorTable.Add));
        var (b, i, x) = (new Symbol("b", type), new Symbol("i", ScalarType.I64), new Symbol("x", ((VectorType)vector.Type).Element));
        var loop = new For([new Iter(new Ident(vector))], new NewBuilder(type), new Lambda([b, i, x], new Merge(new Ident(b), new Literal(Scalar.I64(1)))));
        var result = new Result(loop);
        var symbol = new Symbol("n", result.Type);
        return new LoopStatement(new Let(symbol, result, new Ident(symbol)), result, loop, isFinished: true);
    }

    private Expr Rewrite(List<Statement> statements, Expr tail)
    {
        foreach (var statement in statements)
        {
            if (statement is LoopStatement s)
            {
                s.Rewrite(_visit);
            }
            else
            {
                statement.Value = _visit(statement.Value);
            }
        }

        return _visit(tail);
    }

    private Expr Step(Expr e) => e switch
    {
        Field { Operand: Ident i } f when _fields.TryGetValue(i.Symbol, out var fields) => new Ident(fields[f.Index]) { Span = e.Span },
        Length { Vector: Ident i } when _lengths.TryGetValue(i.Symbol, out var length) => _visit(Substitution.Copy(length)),
        _ => e.Map(_visit),
    };

    /// <summary>How often a result is read, and as what.</summary>
    private sealed class Reads
    {
        /// <summary>All reads.</summary>
        public int Uses { get; set; }

        /// <summary>Those of a field.</summary>
        public int Fields { get; set; }

        /// <summary>Those of the length.</summary>
        public int Lengths { get; set; }

        /// <summary>Those of loops that visit all elements.</summary>
        public int Visits { get; set; }
    }
}
