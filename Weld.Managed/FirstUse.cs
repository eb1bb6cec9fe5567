using Weld.Core;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Emit;
using Weld.Managed.Runtime;

namespace Weld.Managed;

/// <summary>
/// What a process waits for at its first program is the runtime, which loads this library type by type and compiles some of its methods. So while one thread
/// reads the first program, another runs a small program of its own, interpreted as short runs begin, and then compiles it: the steps that the first thread comes to last.
/// </summary>
internal static class FirstUse
{
    private static readonly TaskCompletionSource Over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static int _begun;

    /// <summary>Ends with it, at once if there is none. Machine code that nobody waits for yet is better made after: three threads on two processors would take time from the one that reads the first program.</summary>
    public static Task Ended => Volatile.Read(ref _begun) == 0 ? Task.CompletedTask : Over.Task;

    /// <summary>Begins, once in a process, if there is a second processor to do it.</summary>
    /// <param name="isInterpreted">Whether short runs begin interpreted.</param>
    public static void Begin(bool isInterpreted)
    {
        if (Volatile.Read(ref _begun) != 0 || Interlocked.Exchange(ref _begun, 1) != 0)
        {
            return;
        }

        if (!TryStart(isInterpreted))
        {
            Over.SetResult();
        }
    }

    private static bool TryStart(bool isInterpreted)
    {
        if (Environment.ProcessorCount < 2)
        {
            return false;
        }

        try
        {
            new Thread(() => Run(isInterpreted)) { IsBackground = true, Name = "Weld: first use" }.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            // The system has no thread to give; the program needs none.
            return false;
        }
    }

    private static void Run(bool isInterpreted)
    {
        try
        {
            var program = Program();
            if (isInterpreted)
            {
                Run(program, new InterpreterEngine(program, ForeignFunctions.None));
            }

            Run(program, new CompiledEngine(ProgramCompiler.Compile(program, vectorBits: 0)));
        }
        catch (Exception)
        {
            // What fails here fails again, and is reported, in the program that needs it.
        }
        finally
        {
            Over.SetResult();
        }
    }

    private static void Run(Lambda program, Engine engine)
    {
        using var result = new WeldModule(new CheckedProgram(program, null, []), CompileOptions.Default, engine).Run(new long[] { 1, 2 });
        result.As<long>();
    }

    // |v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| if(x > 1L, merge(b, x), b)))
    private static Lambda Program()
    {
        var type = new MergerType(ScalarType.I64, new SingleOperator(OperatorTable.Add));
        var (v, b, i, x) = (new Symbol("v", new VectorType(ScalarType.I64)), new Symbol("b", type), new Symbol("i", ScalarType.I64), new Symbol("x", ScalarType.I64));
        var condition = new Binary(OperatorTable.Greater, new Ident(x), new Literal(Scalar.I64(1)));
        var body = new If(condition, new Merge(new Ident(b), new Ident(x)), new Ident(b));
        return new Lambda([v], new Result(new For([new Iter(new Ident(v))], new NewBuilder(type), new Lambda([b, i, x], body))));
    }
}
