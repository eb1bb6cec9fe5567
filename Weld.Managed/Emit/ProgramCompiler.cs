using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Emit.Vector;
using Weld.Managed.Layout;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>A checked program as a delegate.</summary>
internal static class ProgramCompiler
{
    private const DynamicallyAccessedMemberTypes Members =
        DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;

    /// <summary>Plans, emits and compiles.</summary>
    /// <param name="program">A program that the front end accepted.</param>
    /// <param name="compile">The expression compiler, null for <see cref="LambdaExpression.Compile()"/>.</param>
    /// <param name="foreign">The names of the host functions, in the order of <see cref="Run.Foreign"/>.</param>
    /// <param name="vectorBits">The bits of the vectors of loops in SIMD, 0 for none; null for the machine's.</param>
    /// <exception cref="WeldInternalException">The program could not be emitted: a defect.</exception>
    [DynamicDependency(Members, typeof(Memory))]
    [DynamicDependency(Members, typeof(Fail))]
    [DynamicDependency(Members, typeof(Run))]
    [DynamicDependency(Members, typeof(KeptMemory))]
    [DynamicDependency(Members, typeof(Iterators))]
    [DynamicDependency(Members, typeof(NdTable))]
    [DynamicDependency(Members, typeof(LoopDriver))]
    [DynamicDependency(Members, typeof(VectorOrder))]
    [DynamicDependency(Members, typeof(ScalarSort))]
    [DynamicDependency(Members, typeof(TextSort))]
    [DynamicDependency(Members, typeof(KeyedSort))]
    [DynamicDependency(Members, typeof(Serializer))]
    [DynamicDependency(Members, typeof(DictionaryTable))]
    [DynamicDependency(Members, typeof(KeyIndex))]
    [DynamicDependency(Members, typeof(KeyedBuilder))]
    [DynamicDependency(Members, typeof(DictCell))]
    [DynamicDependency(Members, typeof(PartitionTable))]
    [DynamicDependency(Members, typeof(RowStage))]
    [DynamicDependency(Members, typeof(KeyShape))]
    [DynamicDependency(Members, typeof(KeyWords))]
    [DynamicDependency(Members, typeof(TextKey))]
    [DynamicDependency(Members, typeof(MergerLanes))]
    [DynamicDependency(Members, typeof(Casts))]
    [DynamicDependency(Members, typeof(Vector128))]
    [DynamicDependency(Members, typeof(Vector256))]
    [DynamicDependency(Members, typeof(Vector512))]
    [DynamicDependency(Members, typeof(Avx512F))]
    [DynamicDependency(Members, typeof(Avx512F.VL))]
    [DynamicDependency(Members, typeof(Avx512Vbmi2))]
    [DynamicDependency(Members, typeof(Avx512Vbmi2.VL))]
    [DynamicDependency(Members, typeof(Conversions))]
    [DynamicDependency(Members, typeof(Lanewise))]
    [DynamicDependency(Members, typeof(LaneBits))]
    [DynamicDependency(Members, typeof(Gather))]
    [DynamicDependency(Members, typeof(PartialLoad))]
    [DynamicDependency(Members, typeof(LaneDivision))]
    [DynamicDependency(Members, typeof(Compress))]
    [DynamicDependency(Members, typeof(TotalOrder))]
    public static CompiledProgram Compile(Lambda program, Func<LambdaExpression, Delegate>? compile = null, IReadOnlyList<string>? foreign = null, int? vectorBits = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        var emitter = new ProgramEmitter(compile, foreign ?? [], vectorBits ?? Simd.MachineBits);
        try
        {
            var (entry, functions) = emitter.Emit(program);
            return new CompiledProgram(
                program, entry, functions, MemoryLayout.Of(new StructType(program.Parameters.To(p => p.Type))), MemoryLayout.Of(program.Body.Type), emitter.Constants, emitter.Plans)
            {
                Samples = emitter.Samples,
            };
        }
        catch (Exception e) when (e is not (WeldException or OutOfMemoryException))
        {
            throw new WeldInternalException("emit", e.Message, e);
        }
    }

    /// <summary>The C# that the emitted functions amount to: the loops', then the main line.</summary>
    public static string Code(Lambda program, IReadOnlyList<string>? foreign = null, int? vectorBits = null)
    {
        var functions = new List<string>();
        Compile(
            program,
            function =>
            {
                functions.Add(CSharpPrinter.Print(function));
                return function.Compile();
            },
            foreign,
            vectorBits);
        return string.Join("\n", functions);
    }
}

/// <summary>A compiled program. It may run in many threads at once, each in a run of its own.</summary>
/// <param name="Program">What was compiled.</param>
/// <param name="Entry">The main line.</param>
/// <param name="Functions">The functions of the outermost loops, under the loops' numbers.</param>
/// <param name="Arguments">The parameters as one struct.</param>
/// <param name="Result">The result.</param>
/// <param name="Constants">The memory of constant vectors; results may point into it.</param>
/// <param name="Loops">What was decided for each loop.</param>
internal sealed record CompiledProgram(
    Lambda Program, ProgramEntry Entry, LoopBody?[] Functions, MemoryLayout Arguments, MemoryLayout Result, IReadOnlyList<byte[]> Constants, IReadOnlyList<LoopPlan> Loops)
{
    /// <summary>How the program became what was compiled; null for one that was compiled as it is.</summary>
    public Optimization? Optimization { get; init; }

    /// <summary>What counts the iterations of outermost loops that merge something, under the loops' numbers.</summary>
    public IReadOnlyDictionary<int, LoopSample> Samples { get; init; } = new Dictionary<int, LoopSample>();

    /// <summary>The program as the front end gave it.</summary>
    public Lambda Checked => Optimization?.Before ?? Program;

    /// <summary>Runs it.</summary>
    /// <param name="run">The run, which is of this program alone.</param>
    /// <param name="arguments">Where the arguments stand, laid out as one struct.</param>
    /// <param name="result">Where the result goes.</param>
    public void Run(Run run, nint arguments, nint result)
    {
        run.Functions = Functions;
        Entry(run, arguments, result);
    }
}
