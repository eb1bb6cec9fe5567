using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>A let of a region.</summary>
/// <param name="let">The let; its body does not count.</param>
/// <param name="value">Its value, whose own loops are statements before this one.</param>
internal class Statement(Let let, Expr value)
{
    public Let Let { get; } = let;

    public Symbol Symbol => Let.Symbol;

    public Expr Value { get; set; } = value;

    /// <summary>The statements that must have ended before it starts; for a loop, without those whose elements it visits.</summary>
    public IReadOnlyList<Statement> Waits { get; set; } = [];

    /// <summary>The number of groups of loops that must have run before the value is known.</summary>
    public int Depth { get; set; }
}

/// <summary>A let of a region that is a loop with new builders.</summary>
internal sealed class LoopStatement : Statement
{
    public LoopStatement(Let let, Expr value, For loop, bool isFinished)
        : base(let, value)
    {
        Loop = loop;
        IsFinished = isFinished;
        Outputs = [let.Symbol];
    }

    public For Loop { get; private set; }

    /// <summary>Whether the region takes the result of the builder; else the builder itself, and then nothing else may be merged beside it.</summary>
    public bool IsFinished { get; }

    /// <summary>What the region calls the result; the fields of it where it is a struct that nothing takes as a whole.</summary>
    public Symbol[] Outputs { get; set; }

    /// <summary>The depth that suits the loops that visit the elements, which nothing needs before: the loop may wait until then.</summary>
    public int Latest { get; set; }

    /// <summary>The greatest depth that makes nothing else wait.</summary>
    public int Deadline { get; set; }

    /// <summary>The greatest depth at which a loop visits the elements.</summary>
    public int LastVisit { get; set; }

    /// <summary>The same, if no loop waited.</summary>
    public int MustLast { get; set; }

    /// <summary>Whether something uses the result other than by visiting its elements.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Whether the result has to be made as a vector, seen from a loop at this depth.</summary>
    public bool IsMadeAt(int depth) => IsTaken || LastVisit > depth;

    /// <summary>Whether results hold pointers into what an iteration allocates, so that it lives on.</summary>
    public bool KeepsTemporaries => IsTaken && HoldsPointers(Loop.Builder.Type);

    /// <summary>Whether what an iteration allocates is free when it ends.</summary>
    public bool ReleasesTemporaries => Loop.Function.Body.Facts.Has(Effects.Allocates) && !HoldsPointers(Loop.Builder.Type);

    /// <summary>Another loop in the place of this one, over more data.</summary>
    public void Become(For loop)
    {
        Value = Value is Result r ? r with { Builder = loop } : loop;
        Loop = loop;
    }

    public void Rewrite(Func<Expr, Expr> rewrite)
    {
        Value = rewrite(Value);
        Loop = Value switch
        {
            Result r => (For)r.Builder,
            For f => f,
            _ => (For)rewrite(Loop),
        };
    }

    /// <summary>Whether elements come out of the loop one by one: an appender that starts empty.</summary>
    public static bool IsStream(Expr builder) => builder is NewBuilder { BuilderType: AppenderType, Argument: null or { Type: ScalarType } };

    private static bool HoldsPointers(WeldType type) => type is BuilderType ? !type.Parts.All(p => p.IsFlat) : type.Parts.Any(HoldsPointers);

    /// <summary>Whether the builder is new, so that it can be a field of a struct of builders.</summary>
    public static bool IsNew(Expr builder) => builder is NewBuilder || (builder is StructLiteral s && s.Fields.All(IsNew));
}
