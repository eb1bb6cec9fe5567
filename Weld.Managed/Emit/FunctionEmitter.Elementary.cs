using System.Linq.Expressions;
using Weld.Core.Operators.Elementary;

namespace Weld.Managed.Emit;

/// <summary>Elementary functions: their kernels, written inline with locals that all of them share.</summary>
internal sealed partial class FunctionEmitter
{
    private readonly ScratchLocals _kernelLocals = new();

    private ScalarOperand EmitElementary(Kernel kernel, Expression x, Expression? y) =>
        new(Local(KernelEmitter.Emit(kernel, x, y, _kernelLocals)));
}
