using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>Bindings, branches, repetition, calls of the host.</summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>A chain of lets is a loop here, not a recursion.</summary>
    private Operand EmitLets(Expr node)
    {
        while (true)
        {
            switch (node)
            {
                case Let let:
                    Bind(let.Symbol, Hold(let.Value is Result { Type: DictionaryType, Builder: var builder } ? CodeOf((BuilderType)builder.Type).Result(this, Emit(builder), Program.UseOf(let.Symbol)) : Emit(let.Value)));
                    node = let.Body;
                    break;
                case Apply apply:
                    var arguments = apply.Arguments.Select(a => Hold(Emit(a))).ToArray();
                    for (var i = 0; i < arguments.Length; i++)
                    {
                        Bind(apply.Function.Parameters[i], arguments[i]);
                    }

                    node = apply.Function.Body;
                    break;
                default:
                    return Emit(node);
            }
        }
    }

    private Operand EmitIf(If node)
    {
        var condition = EmitScalar(node.Condition);
        var outer = Open();
        var then = Emit(node.Then);
        var thenScope = _scope;
        _scope = new Scope();
        var @else = Emit(node.Else);
        var elseScope = _scope;
        _scope = outer;
        if (thenScope.Statements.Count == 0 && elseScope.Statements.Count == 0 && then is ScalarOperand x && @else is ScalarOperand y)
        {
            return Cut(new ScalarOperand(Expression.Condition(condition, x.Value, y.Value), Math.Max(x.Depth, y.Depth) + 1));
        }

        var result = DeclareJoin(node.Type, then, @else);
        Do(Expression.IfThenElse(condition, Finish(thenScope, then), Finish(elseScope, @else)));
        return result;

        Expression Finish(Scope scope, Operand value)
        {
            _scope = scope;
            Assign(result, value);
            return Close(outer);
        }
    }

    // state = initial;
    // while (true) { (next, go) = f(state); state = next; if (!go) break; }
    private Operand EmitIterate(Iterate node)
    {
        var initial = Hold(Emit(node.Initial));
        var state = DeclareJoin(node.Initial.Type, initial, initial);
        Assign(state, initial);
        var releases = Allocations.HoldsNoPointerInBuilders(node.Initial.Type) && Allocations.In(node.Function.Body).Count > 0;
        var mark = releases ? Local(Clr.CallOn(Run, nameof(Runtime.Run.Mark))) : null;
        Loop(exit =>
        {
            Look();
            Bind(node.Function.Parameters[0], state);
            var step = (StructOperand)Emit(node.Function.Body);
            var next = Apart(step.Fields[0]);
            var goOn = Hold(((ScalarOperand)step.Fields[1]).Value);
            Assign(state, next);
            if (mark is not null)
            {
                ReleaseAllBut(mark, node.Initial.Type, state);
            }

            Do(Expression.IfThen(Expression.Not(goOn), Expression.Break(exit)));
        });
        return state;
    }

    /// <summary>Copies into variables of its own: a field of the next state may be another field of the last one.</summary>
    private Operand Apart(Operand operand) => operand switch
    {
        StructOperand s => new StructOperand(Array.ConvertAll(s.Fields, Apart)),
        ObjectOperand { InLoop: false } b => b with { Object = Local(b.Object) },
        _ => HoldLoaded(operand),
    };

    /// <summary>Frees the temporaries made since the mark that the value does not reach.</summary>
    private void ReleaseAllBut(Expression mark, WeldType type, Operand value)
    {
        var kept = Allocations.WithoutBuilders(type, value);
        var layout = MemoryLayout.Of(kept.Type);
        if (kept.Type.IsFlat)
        {
            Do(Clr.Call(typeof(Memory), nameof(Memory.Release), Run, mark));
            return;
        }

        var keep = Scratch(layout.Size);
        Store(kept.Type, kept.Value, keep);
        Do(Clr.Call(typeof(Memory), nameof(Memory.ReleaseBut), Run, mark, keep, Expression.Constant(layout)));
    }

    // The arguments go to memory as one struct, the host's function is called, the result comes back from memory.
    private Operand EmitForeignCall(ForeignCall node)
    {
        var type = new StructType(node.Arguments.To(a => a.Type));
        var arguments = new StructOperand([.. node.Arguments.Select(Emit)]);
        var block = Scratch(MemoryLayout.Of(type).Size);
        Store(type, arguments, block);
        var result = Scratch(MemoryLayout.Of(node.ResultType).Size);
        Do(Clr.CallOn(
            Run, nameof(Runtime.Run.CallForeign), Expression.Constant(Program.ForeignIndex(node.Name)), block, result, Expression.Constant(node.Span.Start), Expression.Constant(node.Span.Length)));
        return HoldLoaded(Load(node.ResultType, result));
    }

    private Operand EmitResult(WeldType type, Operand builder) => type switch
    {
        BuilderType b => CodeOf(b).Result(this, builder, DictionaryUse.Any),
        StructType s => new StructOperand([.. s.Fields.Select((f, i) => EmitResult(f, ((StructOperand)builder).Fields[i]))]),
        _ => throw new ArgumentException($"expected a builder, found {type}", nameof(type)),
    };

    /// <summary>Copies what was read from memory that will be overwritten into variables.</summary>
    public Operand HoldLoaded(Operand operand) => operand switch
    {
        ScalarOperand s => new ScalarOperand(Local(s.Value)),
        VectorOperand v => new VectorOperand(Local(v.Data), Local(v.Length)),
        DictionaryOperand d => new DictionaryOperand(Local(d.Header)),
        StructOperand s => new StructOperand(Array.ConvertAll(s.Fields, HoldLoaded)),
        MergerOperand m => new MergerOperand(HoldLoaded(m.Total)),
        _ => operand,
    };

    private BuilderCode CodeOf(BuilderType type) => Program.CodeOf(type);
}
