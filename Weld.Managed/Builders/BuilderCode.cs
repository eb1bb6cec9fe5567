using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Managed.Builders;

/// <summary>The loop that code is being emitted in.</summary>
/// <param name="Index">The iteration number, long.</param>
/// <param name="Lanes">The number of virtual lanes (language.md §5).</param>
internal sealed record LoopScope(ParameterExpression Index, int Lanes);

/// <summary>How one kind of builder is compiled: made, merged into, threaded through a loop, finished.</summary>
internal abstract class BuilderCode
{
    /// <summary>The CLR class of the builder object.</summary>
    public abstract Type ObjectType { get; }

    /// <summary>The code for builders of a type.</summary>
    public static BuilderCode Of(BuilderType type) => type switch
    {
        AppenderType t => new AppenderCode(t),
        MergerType t => new MergerCode(t),
        DictMergerType t => new DictMergerCode(t),
        GroupMergerType t => new GroupMergerCode(t),
        VecMergerType t => new VecMergerCode(t),
        _ => throw new ArgumentException($"unknown builder {type}", nameof(type)),
    };

    /// <summary>Emits a new builder.</summary>
    public abstract Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument);

    /// <summary>Emits the merge of one value and gives the builder after it.</summary>
    public abstract Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node);

    /// <summary>Emits what gives the value; the builder is finished. Of a dictionary, it is known what will be asked.</summary>
    public abstract Operand Result(FunctionEmitter emitter, Operand builder, DictionaryUse use);

    /// <summary>Emits what comes before a loop's first block and gives the builder as its body sees it.</summary>
    public virtual Operand Enter(FunctionEmitter emitter, Operand outer, LoopScope loop) => ((ObjectOperand)outer) with { InLoop = true };

    /// <summary>Emits what comes before a range of iterations, and again whenever a merge among them has changed more than the loop's variables.</summary>
    public virtual void Refresh(FunctionEmitter emitter, Operand inner)
    {
    }

    /// <summary>Whether merges are staged from now on; null for a builder where they never are.</summary>
    public virtual Expression? WhetherStages(Operand outer, Operand inner) => null;

    /// <summary>Whether keys are found by a direct index alone, until one is added; null for a builder where they never are.</summary>
    public virtual Expression? WhetherDirect(Operand inner) => null;

    /// <summary>Emits what comes before each block of <paramref name="count"/> iterations.</summary>
    public virtual void BeginBlock(FunctionEmitter emitter, Operand outer, Operand inner, Expression count)
    {
    }

    /// <summary>Emits what comes after each block.</summary>
    public virtual void EndBlock(FunctionEmitter emitter, Operand inner)
    {
    }

    /// <summary>Emits what comes after the last block and gives the builder after the loop.</summary>
    public virtual Operand Leave(FunctionEmitter emitter, Operand outer, Operand inner) => outer;

    /// <summary>An expression for the object of a builder that leaves the program.</summary>
    public virtual Expression Pack(FunctionEmitter emitter, Operand builder) => ((ObjectOperand)builder).Object;

    /// <summary>The builder for an object that enters the program.</summary>
    public virtual Operand Unpack(FunctionEmitter emitter, ParameterExpression builder) => new ObjectOperand(builder, InLoop: false);
}
