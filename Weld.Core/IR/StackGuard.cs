using System.Runtime.CompilerServices;

namespace Weld.Core.IR;

/// <summary>Lets a recursion over a deep program go on: when this thread's stack runs low, on a fresh thread with a stack of its own.</summary>
internal static class StackGuard
{
    /// <summary>Bounds the memory that one recursion takes for stacks.</summary>
    private const int MostStacks = 128;

    /// <summary>Steps on a thread of the host, so that most of its stack is left for recursions over types, which are not guarded step by step.</summary>
    internal const int HostSteps = 256;

    /// <summary>The stack is looked at once in so many steps, which together take less of it than the look makes sure of.</summary>
    private const int StepsPerLook = 8;

    /// <summary>A tree of so many levels, and a tree inside a walk over one, and one in that, are walked on the stack that a look makes sure of.</summary>
    private const int ShallowDepth = 32;

    /// <summary>Steps on a fresh thread.</summary>
    private const int FreshSteps = 1 << 14;

    [ThreadStatic]
    private static int _steps;

    [ThreadStatic]
    private static int _stacks;

    /// <summary><paramref name="f"/> of <paramref name="argument"/>, with stack enough for one more step of recursion.</summary>
    /// <exception cref="InsufficientExecutionStackException">The recursion has used up its stacks: no sensible program is that deep.</exception>
    public static TResult Run<TArgument, TResult>(Func<TArgument, TResult> f, TArgument argument)
    {
        ref var steps = ref _steps;
        if (steps >= HostSteps || (steps % StepsPerLook == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack()))
        {
            return OnFreshStack(f, argument);
        }

        steps++;
        try
        {
            return f(argument);
        }
        finally
        {
            steps--;
        }
    }

    /// <summary><paramref name="f"/> of a typed tree, as <see cref="Run{TArgument, TResult}"/>. Where little of it is left, the look that its ancestors took is enough.</summary>
    public static TResult Walk<TResult>(Func<Expr, TResult> f, Expr tree) => tree.Facts.Depth <= ShallowDepth ? f(tree) : Run(f, tree);

    /// <summary><paramref name="f"/> of what holds a typed tree, as <see cref="Walk{TResult}"/>.</summary>
    public static TResult Walk<TArgument, TResult>(Expr tree, Func<TArgument, TResult> f, TArgument argument) => tree.Facts.Depth <= ShallowDepth ? f(argument) : Run(f, argument);

    /// <summary>A step of a recursion over typed trees as a function that gives each step stack enough.</summary>
    public static Func<Expr, TResult> Guarded<TResult>(Func<Expr, TResult> step) => tree => Walk(step, tree);

    /// <summary><paramref name="f"/> of <paramref name="argument"/> on a large stack from the start: for work that walks a program again and again, each time as deep.</summary>
    public static TResult RunDeep<TArgument, TResult>(Func<TArgument, TResult> f, TArgument argument) => _stacks > 0 ? f(argument) : OnFreshStack(f, argument);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TResult OnFreshStack<TArgument, TResult>(Func<TArgument, TResult> f, TArgument argument)
    {
        TResult result = default!;
        var stacks = _stacks + 1;
        if (stacks > MostStacks)
        {
            throw new InsufficientExecutionStackException();
        }

        DeepStack.Run(() =>
        {
            _steps = HostSteps - FreshSteps;
            _stacks = stacks;
            try
            {
                result = f(argument);
            }
            finally
            {
                _stacks = 0;
            }
        });
        return result;
    }
}
