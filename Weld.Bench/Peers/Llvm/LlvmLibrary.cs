using System.Runtime.InteropServices;

namespace Weld.Bench.Peers.Llvm;

/// <summary>What is used of LLVM's C API (llvm-c/Core.h, Target.h, TargetMachine.h, Transforms/PassBuilder.h, LLJIT.h), of LLVM 15: 14 reads no opaque pointers reliably.</summary>
internal static partial class LlvmLibrary
{
    private const string Name = "LLVM";

    private static readonly PeerLibrary Library;

    static LlvmLibrary() => Library = new(Name, () => ["libLLVM-15.so.1", "libLLVM-15.so"]);

    /// <summary>Whether there is a library to call.</summary>
    public static bool IsPresent => Library.IsPresent;

    /// <summary>The file found; null if none was.</summary>
    public static string? File => Library.File;

    [LibraryImport(Name)]
    internal static partial void LLVMInitializeX86TargetInfo();

    [LibraryImport(Name)]
    internal static partial void LLVMInitializeX86Target();

    [LibraryImport(Name)]
    internal static partial void LLVMInitializeX86TargetMC();

    [LibraryImport(Name)]
    internal static partial void LLVMInitializeX86AsmPrinter();

    [LibraryImport(Name)]
    internal static partial void LLVMInitializeAArch64TargetInfo();

    [LibraryImport(Name)]
    internal static partial void LLVMInitializeAArch64Target();

    [LibraryImport(Name)]
    internal static partial void LLVMInitializeAArch64TargetMC();

    [LibraryImport(Name)]
    internal static partial void LLVMInitializeAArch64AsmPrinter();

    [LibraryImport(Name)]
    internal static partial nint LLVMGetDefaultTargetTriple();

    [LibraryImport(Name)]
    internal static partial nint LLVMGetHostCPUName();

    [LibraryImport(Name)]
    internal static partial nint LLVMGetHostCPUFeatures();

    [LibraryImport(Name)]
    internal static partial int LLVMGetTargetFromTriple(nint triple, out nint target, out nint error);

    [LibraryImport(Name)]
    internal static partial nint LLVMCreateTargetMachine(nint target, nint triple, nint processor, nint features, int level, int relocation, int codeModel);

    [LibraryImport(Name)]
    internal static partial nint LLVMCreateTargetDataLayout(nint machine);

    [LibraryImport(Name)]
    internal static partial void LLVMSetModuleDataLayout(nint module, nint layout);

    [LibraryImport(Name)]
    internal static partial void LLVMSetTarget(nint module, nint triple);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint LLVMCreateMemoryBufferWithMemoryRangeCopy(ReadOnlySpan<byte> data, nuint length, string name);

    [LibraryImport(Name)]
    internal static partial int LLVMParseIRInContext(nint context, nint buffer, out nint module, out nint error);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void LLVMParseCommandLineOptions(int count, string[] arguments, string overview);

    [LibraryImport(Name)]
    internal static partial nint LLVMCreatePassBuilderOptions();

    [LibraryImport(Name)]
    internal static partial void LLVMDisposePassBuilderOptions(nint options);

    [LibraryImport(Name)]
    internal static partial void LLVMPassBuilderOptionsSetLoopVectorization(nint options, int on);

    [LibraryImport(Name)]
    internal static partial void LLVMPassBuilderOptionsSetSLPVectorization(nint options, int on);

    [LibraryImport(Name)]
    internal static partial void LLVMPassBuilderOptionsSetLoopInterleaving(nint options, int on);

    [LibraryImport(Name)]
    internal static partial void LLVMPassBuilderOptionsSetLoopUnrolling(nint options, int on);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint LLVMRunPasses(nint module, string passes, nint machine, nint options);

    [LibraryImport(Name)]
    internal static partial nint LLVMGetErrorMessage(nint error);

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcCreateNewThreadSafeContext();

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcThreadSafeContextGetContext(nint context);

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcCreateNewThreadSafeModule(nint module, nint context);

    [LibraryImport(Name)]
    internal static partial void LLVMOrcDisposeThreadSafeContext(nint context);

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcCreateLLJITBuilder();

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(nint machine);

    [LibraryImport(Name)]
    internal static partial void LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(nint builder, nint machineBuilder);

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcCreateLLJIT(out nint jit, nint builder);

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcDisposeLLJIT(nint jit);

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcLLJITGetMainJITDylib(nint jit);

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(out nint generator, byte prefix, nint filter, nint state);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint LLVMOrcCreateDynamicLibrarySearchGeneratorForPath(out nint generator, string file, byte prefix, nint filter, nint state);

    [LibraryImport(Name)]
    internal static partial void LLVMOrcJITDylibAddGenerator(nint library, nint generator);

    [LibraryImport(Name)]
    internal static partial nint LLVMOrcLLJITAddLLVMIRModule(nint jit, nint library, nint module);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint LLVMOrcLLJITLookup(nint jit, out ulong address, string name);
}
