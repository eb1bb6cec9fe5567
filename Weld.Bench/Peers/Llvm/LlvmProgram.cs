using System.Runtime.InteropServices;
using Weld.Core;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Managed;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Bench.Peers.Llvm;

/// <summary>A program compiled by LLVM behind the host's usual doors: arguments, limits and results are those of the library.</summary>
internal sealed unsafe class LlvmProgram : IDisposable
{
    private readonly LlvmJit _jit;

    /// <summary>Compiles a program with the library's optimizer and then LLVM's.</summary>
    /// <param name="checkedProgram">The program.</param>
    /// <param name="floats">How floats are computed.</param>
    /// <param name="bits">The bits of a vector, for a plan of lanes; null for the machine's.</param>
    /// <exception cref="NotLoweredException">It uses what is not lowered.</exception>
    public LlvmProgram(CheckedProgram checkedProgram, LlvmFloats floats = LlvmFloats.Strict, int? bits = null)
    {
        var program = Optimised = ProgramOptimizer.Optimize(checkedProgram.Program, null).Program;
        (Text, var dictionaries) = Lowering.Lower(program, floats, bits ?? Lowering.MachineBits);
        _jit = new LlvmJit(Text);
        var compiled = new CompiledProgram(
            program, Enter, [], MemoryLayout.Of(new StructType(program.Parameters.To(p => p.Type))), MemoryLayout.Of(program.Body.Type), [], []);
        Module = new WeldModule(checkedProgram, CompileOptions.Default, new CompiledEngine(compiled));

        void Enter(Run run, nint arguments, nint result)
        {
            var call = new LlvmCall(run, dictionaries);
            var handle = GCHandle.Alloc(call);
            try
            {
                var entry = (delegate* unmanaged<nint, nint, nint, int*, long>)_jit.Entry;
                if (entry(GCHandle.ToIntPtr(handle), arguments, result, run.StopFlag) != 0)
                {
                    throw call.Failure!;
                }
            }
            finally
            {
                handle.Free();
            }
        }
    }

    /// <summary>The program, to be run.</summary>
    public WeldModule Module { get; }

    /// <summary>What was lowered.</summary>
    public Lambda Optimised { get; }

    /// <summary>What LLVM was given.</summary>
    public string Text { get; }

    /// <summary>What compiling took.</summary>
    public LlvmTimes Times => _jit.Times;

    public void Dispose() => _jit.Dispose();
}
