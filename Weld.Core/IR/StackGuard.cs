using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Weld.Core.IR;

/// <summary>Lets a recursion over a deep program go on: when this thread's stack runs low, on a fresh thread with a stack of its own.</summary>
internal static class StackGuard
{
    private const int FreshStack = 64 << 20;

    /// <summary><paramref name="f"/> of <paramref name="argument"/>, with stack enough for one more step of recursion.</summary>
    public static TResult Run<TArgument, TResult>(Func<TArgument, TResult> f, TArgument argument) =>
        RuntimeHelpers.TryEnsureSufficientExecutionStack() ? f(argument) : OnFreshStack(f, argument);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TResult OnFreshStack<TArgument, TResult>(Func<TArgument, TResult> f, TArgument argument)
    {
        TResult result = default!;
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = f(argument);
                }
                catch (Exception e)
                {
                    thrown = ExceptionDispatchInfo.Capture(e);
                }
            },
            FreshStack);
        thread.Start();
        thread.Join();
        thrown?.Throw();
        return result;
    }
}
