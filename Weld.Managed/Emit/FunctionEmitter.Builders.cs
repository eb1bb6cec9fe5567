using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>Values that enter and leave the program; a builder does so as a handle into the run's table.</summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>A parameter; builders are taken out of the run's table.</summary>
    public Operand LoadParameter(WeldType type, Expression address, int offset)
    {
        switch (type)
        {
            case BuilderType b:
                var code = CodeOf(b);
                var taken = Local(Expression.Convert(Clr.CallOn(Run, nameof(Runtime.Run.TakeBuilder), Clr.LoadLong(Clr.At(address, offset))), code.ObjectType));
                return code.Unpack(this, taken);
            case StructType s:
                var layout = MemoryLayout.Of(s);
                return new StructOperand([.. s.Fields.Select((f, i) => LoadParameter(f, address, offset + layout.Offsets[i]))]);
            default:
                return Load(type, address, offset);
        }
    }

    /// <summary>Stores the result; builders go into the run's table.</summary>
    public void StoreResult(WeldType type, Operand value, Expression address, int offset)
    {
        switch (type)
        {
            case BuilderType b:
                Do(Clr.StoreLong(Clr.At(address, offset), Clr.CallOn(Run, nameof(Runtime.Run.AddBuilder), CodeOf(b).Pack(this, value))));
                break;
            case StructType s:
                var layout = MemoryLayout.Of(s);
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    StoreResult(s.Fields[i], ((StructOperand)value).Fields[i], address, offset + layout.Offsets[i]);
                }

                break;
            default:
                Store(type, value, address, offset);
                break;
        }
    }
}
