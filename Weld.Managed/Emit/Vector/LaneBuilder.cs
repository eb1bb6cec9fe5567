using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;

namespace Weld.Managed.Emit.Vector;

/// <summary>A builder in a vector loop.</summary>
internal abstract class LaneBuilder
{
    /// <summary>Whether merges of exclusive paths are to become one.</summary>
    public virtual bool TakesOne => false;

    /// <summary>Whether a merged value is evaluated just once, where nothing chooses between merges.</summary>
    public virtual bool TakesOnce => false;

    /// <summary>The builder as a vector loop sees it.</summary>
    /// <param name="code">How its kind is compiled.</param>
    /// <param name="type">Its type.</param>
    /// <param name="inner">The builder as the scalar loop's body sees it.</param>
    /// <param name="copies">How often a step computes the body.</param>
    public static LaneBuilder Of(BuilderCode code, BuilderType type, Operand inner, int copies) => (type, inner) switch
    {
        (_, MergerSlotOperand { Frame: var frame }) => new LaneMerger(frame, copies),
        (AppenderType { Element: ScalarType { Kind: var kind } }, ObjectOperand { Object: var appender }) => new LaneAppender(code, inner, appender, kind),
        (VecMergerType v, ObjectOperand o) when LaneVecMerger.Takes(v) => new LaneVecMerger(code, o, v),
        _ => new LaneSpill(code, inner),
    };

    /// <summary>Emits what comes before the loop.</summary>
    /// <param name="emitter">The body's emitter.</param>
    /// <param name="most">How many iterations the loop has at most.</param>
    public abstract void Begin(VectorEmitter emitter, Expression most);

    /// <summary>Emits the merges of one computation of the body.</summary>
    /// <param name="emitter">The body's emitter.</param>
    /// <param name="merges">The merges, in order.</param>
    /// <param name="copy">Which computation of the step this is.</param>
    /// <param name="first">The iteration of its first lane.</param>
    public abstract void Merge(VectorEmitter emitter, Seq<LaneMerge> merges, int copy, Expression first);

    /// <summary>What is to be done where a step ends, or is left early; emitted in each such place.</summary>
    public virtual IEnumerable<Expression> Settle() => [];

    /// <summary>A step is over.</summary>
    public virtual void EndStep()
    {
    }

    /// <summary>Emits what comes after the loop.</summary>
    public abstract void End(VectorEmitter emitter);
}
