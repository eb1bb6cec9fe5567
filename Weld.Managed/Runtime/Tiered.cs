namespace Weld.Managed.Runtime;

/// <summary>
/// A function in two tiers. Machine code takes a millisecond or more to make, so another thread makes it. Until it is there, short calls are interpreted, expression by
/// expression, from a form for one element at a time; the bits are the same. A longer call is better off waiting.
/// </summary>
/// <param name="quick">Makes the interpreted form; called when that is first needed.</param>
/// <param name="full">Makes machine code; called at once, on a thread of the pool or on one that waits for it.</param>
internal sealed class Tiered<T>(Func<T> quick, Func<T> full)
    where T : Delegate
{
    private readonly Task<T> _full = Task.Run(full);
    private T? _quick;

    /// <summary>What to call.</summary>
    /// <param name="isShort">Whether the call takes fewer steps than waiting for machine code would.</param>
    /// <exception cref="Exception">What the making of machine code threw.</exception>
    public T For(bool isShort) => isShort && !_full.IsCompleted ? _quick ??= quick() : _full.GetAwaiter().GetResult();
}
