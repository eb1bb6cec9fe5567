using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Bench.Compare;

/// <summary>What a run needs besides its arguments: the least memory limit with which it succeeds.</summary>
internal static class LeastMemory
{
    private const double Precision = 1.02;

    /// <summary>The bytes, found by halving, to 2 %.</summary>
    public static long Of(Comparison comparison, object[] arguments, int threads)
    {
        var module = WeldModule.Compile(comparison.Program, new CompileOptions { Backend = Backend.Compiled });
        var most = 1L << 12;
        while (!Succeeds(most))
        {
            most *= 4;
        }

        for (var least = most / 4; most > least * Precision;)
        {
            var middle = (least + most) / 2;
            (least, most) = Succeeds(middle) ? (least, middle) : (middle, most);
        }

        return most;

        bool Succeeds(long limit)
        {
            using var entry = new ModuleEntry(comparison, module, arguments, new RunOptions { Threads = threads, MemoryLimit = limit });
            try
            {
                entry.Run();
                return true;
            }
            catch (WeldRuntimeException e) when (e.Code == RuntimeCode.OutOfMemory)
            {
                return false;
            }
        }
    }
}
