using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.Optimizer;

/// <summary>Why a loop runs one element at a time: the closed list of <c>why_not</c> (docs/optimizer.md). The first that applies, in the order of evaluation.</summary>
internal enum Obstacle
{
    /// <summary>Nothing is in the way, but the machine has no vectors, or the configuration wants none.</summary>
    Width,

    /// <summary>Nothing is in the way, but the code of all lanes would be too large for the JIT.</summary>
    Size,

    /// <summary>Nothing is in the way, but the lanes are merged one by one, and little is computed before.</summary>
    LittleComputation,

    /// <summary>Nothing is in the way, but the pass <c>vectorize</c> was left out.</summary>
    Unmarked,

    /// <summary>The program says <c>@(vectorize: false)</c>.</summary>
    Annotation,

    /// <summary>An iterator with a stride other than 1, or over a shape.</summary>
    Iterator,

    /// <summary>What is left after the chunks of a simd loop: less than one register.</summary>
    Fringe,

    /// <summary>The data, an appender or a table that is looked up has elements that are no scalars.</summary>
    ElementType,

    /// <summary>A dictmerger or groupmerger.</summary>
    KeyedBuilder,

    /// <summary>A loop, sort or builder inside the body.</summary>
    InnerLoop,

    /// <summary>A call of a host function.</summary>
    HostCall,

    /// <summary>A lookup in a dictionary.</summary>
    DictionaryLookup,

    /// <summary>Whole vectors, dictionaries or structs are made, compared or passed on in the body.</summary>
    CompoundValue,

    /// <summary>An operator without a vector form: the remainder of floats.</summary>
    Operator,
}

/// <summary>Names and the one place that decides.</summary>
internal static class Obstacles
{
    /// <summary>The name that people see, such as <c>inner-loop</c>.</summary>
    public static string Name(this Obstacle obstacle) =>
        string.Concat(obstacle.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));

    /// <summary>What keeps a loop from running in SIMD; null if nothing does, whatever the backend can.</summary>
    public static Obstacle? Of(For loop)
    {
        if (loop.Says("vectorize", "false"))
        {
            return Obstacle.Annotation;
        }

        foreach (var iter in loop.Iters.Span)
        {
            if (OfIterator(iter) is { } obstacle)
            {
                return obstacle;
            }
        }

        return OfBuilder(loop.Builder.Type) ?? new BodyWalk().Of(loop.Function);
    }

    private static Obstacle? OfIterator(Iter iter) => iter switch
    {
        { Kind: IterKind.Fringe } => Obstacle.Fringe,
        { Kind: IterKind.NDimensional } or { Stride: not null and not Literal { Value.AsInt64: 1 } } => Obstacle.Iterator,
        { Data.Type: VectorType { Element: not ScalarType } } => Obstacle.ElementType,
        _ => null,
    };

    private static Obstacle? OfBuilder(WeldType type)
    {
        switch (type)
        {
            case AppenderType { Element: not ScalarType }:
                return Obstacle.ElementType;
            case DictMergerType or GroupMergerType:
                return Obstacle.KeyedBuilder;
            case StructType s:
                foreach (var field in s.Fields.Span)
                {
                    if (OfBuilder(field) is { } obstacle)
                    {
                        return obstacle;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    /// <summary>
    /// Looks through a body up to the first obstacle. What varies from lane to lane are scalars and structs of such; of vectors only those from around the loop
    /// occur, and only to be looked up or measured. What can fail is no obstacle: lanes are tested, and where one fails the scalar code says how. An inner loop that could not
    /// run in SIMD itself may reduce data from around the loop, the same for all lanes, in each lane.
    /// </summary>
    private sealed class BodyWalk
    {
        private readonly HashSet<Symbol> _bound = new(ReferenceEqualityComparer.Instance);
        private int _branches;

        public Obstacle? Of(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private Obstacle? Step(Expr expr)
        {
            // A chain of lets is a loop here, not a recursion.
            for (; expr is Let let; expr = let.Body)
            {
                _bound.Add(let.Symbol);
                if (Of(let.Value) is { } obstacle)
                {
                    return obstacle;
                }
            }

            foreach (var binder in expr.Binders.Span)
            {
                _bound.Add(binder);
            }

            if (_branches > 0 && expr is Result { Builder: For })
            {
                return Obstacle.InnerLoop;
            }

            return Own(expr) ?? expr switch
            {
                Result { Builder: For loop } => OfReduction(loop),
                If i => Of(i.Condition) ?? InBranch(i.Then) ?? InBranch(i.Else),
                Logical l => Of(l.Left) ?? InBranch(l.Right),
                Lookup l => OfInvariant(l.Collection) ?? Of(l.Key),
                Length l => OfInvariant(l.Vector),
                Field f when OfInvariant(f) is null => null,
                _ => OfChildren(expr),
            };
        }

        private static Obstacle? Own(Expr expr) => expr switch
        {
            Lookup { Collection.Type: DictionaryType } or OptLookup or KeyExists => Obstacle.DictionaryLookup,
            Lookup l => l.Type is ScalarType ? null : Obstacle.ElementType,
            Binary { Left.Type.LaneKind: null } => Obstacle.CompoundValue,
            Binary { Left.Type.LaneKind: { } kind } b when b.Operator == OperatorTable.Remainder && kind.IsFloat() => Obstacle.Operator,
            Compare { Left.Type.LaneKind: null } => Obstacle.CompoundValue,
            Result { Builder: For { Builder: NewBuilder { BuilderType: MergerType } } loop } when Obstacles.Of(loop) is not null => null,
            For or Iterate or Sort or Zip or NewBuilder or Result => Obstacle.InnerLoop,
            ForeignCall => Obstacle.HostCall,
            Select when expr.Type.ContainsBuilder => Obstacle.CompoundValue,
            Unary or Binary or Logical or Compare or Cast or Select or Broadcast or Literal or If or Assertion or Merge or Length or Apply or Lambda => null,
            Ident or Field or StructLiteral => expr.Type.IsFlat || expr.Type.IsBuilder || expr.Type is SimdType || expr.Type.ContainsSimd ? null : Obstacle.CompoundValue,
            _ => Obstacle.CompoundValue,
        };

        private Obstacle? InBranch(Expr expr)
        {
            _branches++;
            var obstacle = Of(expr);
            _branches--;
            return obstacle;
        }

        /// <summary>The checks of its iterators are for all lanes, so it stands in no branch, and for simplicity in no other such loop.</summary>
        private Obstacle? OfReduction(For loop)
        {
            foreach (var iter in loop.Iters.Span)
            {
                if (iter is not { Kind: IterKind.Scalar, Start: null } || OfInvariant(iter.Data!) is not null)
                {
                    return Obstacle.InnerLoop;
                }
            }

            _bound.Add(loop.Function.Parameters[0]);
            return (((NewBuilder)loop.Builder).Argument is { } initial ? Of(initial) : null) ?? InBranch(loop.Function.Body);
        }

        private Obstacle? OfChildren(Expr expr)
        {
            foreach (var child in expr.Children.Span)
            {
                if (Of(child) is { } obstacle)
                {
                    return obstacle;
                }
            }

            return null;
        }

        /// <summary>A vector that is looked up or measured: a variable from around the loop, or a field of one.</summary>
        private Obstacle? OfInvariant(Expr expr)
        {
            while (expr is Field f)
            {
                expr = f.Operand;
            }

            return expr is Ident i && !_bound.Contains(i.Symbol) ? null : Obstacle.CompoundValue;
        }
    }
}
