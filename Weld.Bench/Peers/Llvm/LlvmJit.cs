using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using static Weld.Bench.Peers.Llvm.LlvmLibrary;

namespace Weld.Bench.Peers.Llvm;

/// <summary>What compiling a module took, milliseconds.</summary>
/// <param name="Parse">Reading the text of the module.</param>
/// <param name="Optimise">The pass pipeline.</param>
/// <param name="Generate">Machine code and linking.</param>
internal sealed record LlvmTimes(double Parse, double Optimise, double Generate);

/// <summary>Machine code made of a module's text by the O3 pipeline, with all features of this machine, through ORC.</summary>
internal sealed class LlvmJit : IDisposable
{
    private const int Aggressive = 3;
    private const int JitCodeModel = 1;

    private static readonly Lazy<bool> Started = new(Start);

    private readonly nint _jit;

    /// <summary>Compiles a module.</summary>
    /// <param name="text">The module as LLVM's assembly language.</param>
    /// <exception cref="InvalidOperationException">LLVM refuses it; its message.</exception>
    public LlvmJit(string text)
    {
        _ = Started.Value;
        var clock = Stopwatch.StartNew();
        var context = LLVMOrcCreateNewThreadSafeContext();
        var bytes = Encoding.UTF8.GetBytes(text);
        var buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(bytes, (nuint)bytes.Length, "weld");
        if (LLVMParseIRInContext(LLVMOrcThreadSafeContextGetContext(context), buffer, out var module, out var message) != 0)
        {
            throw new InvalidOperationException($"LLVM does not read the module: {Marshal.PtrToStringUTF8(message)}");
        }

        var machine = Machine();
        LLVMSetTarget(module, LLVMGetDefaultTargetTriple());
        LLVMSetModuleDataLayout(module, LLVMCreateTargetDataLayout(machine));
        var parse = clock.Elapsed.TotalMilliseconds;
        clock.Restart();
        var options = LLVMCreatePassBuilderOptions();
        LLVMPassBuilderOptionsSetLoopVectorization(options, 1);
        LLVMPassBuilderOptionsSetSLPVectorization(options, 1);
        LLVMPassBuilderOptionsSetLoopInterleaving(options, 1);
        LLVMPassBuilderOptionsSetLoopUnrolling(options, 1);
        Check(LLVMRunPasses(module, "default<O3>", machine, options));
        LLVMDisposePassBuilderOptions(options);
        var optimise = clock.Elapsed.TotalMilliseconds;
        clock.Restart();
        var builder = LLVMOrcCreateLLJITBuilder();
        LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(builder, LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(machine));
        Check(LLVMOrcCreateLLJIT(out _jit, builder));
        var library = LLVMOrcLLJITGetMainJITDylib(_jit);
        Check(LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(out var process, 0, 0, 0));
        LLVMOrcJITDylibAddGenerator(library, process);
        foreach (var file in (string[])["libm.so.6", "libmvec.so.1"])
        {
            if (LLVMOrcCreateDynamicLibrarySearchGeneratorForPath(out var generator, file, 0, 0, 0) == 0)
            {
                LLVMOrcJITDylibAddGenerator(library, generator);
            }
        }

        Check(LLVMOrcLLJITAddLLVMIRModule(_jit, library, LLVMOrcCreateNewThreadSafeModule(module, context)));
        LLVMOrcDisposeThreadSafeContext(context);
        Check(LLVMOrcLLJITLookup(_jit, out var address, Lowering.EntryName));
        Entry = (nint)address;
        Times = new LlvmTimes(parse, optimise, clock.Elapsed.TotalMilliseconds);
    }

    /// <summary>The address of the module's entry.</summary>
    public nint Entry { get; }

    /// <summary>What it took.</summary>
    public LlvmTimes Times { get; }

    public void Dispose() => Check(LLVMOrcDisposeLLJIT(_jit));

    private static bool Start()
    {
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
        {
            LLVMInitializeAArch64TargetInfo();
            LLVMInitializeAArch64Target();
            LLVMInitializeAArch64TargetMC();
            LLVMInitializeAArch64AsmPrinter();
        }
        else
        {
            LLVMInitializeX86TargetInfo();
            LLVMInitializeX86Target();
            LLVMInitializeX86TargetMC();
            LLVMInitializeX86AsmPrinter();
        }

        string[] options = ["weld", "-vector-library=LIBMVEC-X86"];
        LLVMParseCommandLineOptions(options.Length, options, "");
        return true;
    }

    private static nint Machine()
    {
        var triple = LLVMGetDefaultTargetTriple();
        return LLVMGetTargetFromTriple(triple, out var target, out var message) == 0
            ? LLVMCreateTargetMachine(target, triple, LLVMGetHostCPUName(), LLVMGetHostCPUFeatures(), Aggressive, 0, JitCodeModel)
            : throw new InvalidOperationException($"LLVM has no code for this machine: {Marshal.PtrToStringUTF8(message)}");
    }

    private static void Check(nint error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"LLVM: {Marshal.PtrToStringUTF8(LLVMGetErrorMessage(error))}");
        }
    }
}
