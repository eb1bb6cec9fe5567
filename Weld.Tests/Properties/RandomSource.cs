namespace Weld.Tests.Properties;

/// <summary>A stream of random numbers (SplitMix64): the same seed gives the same stream on every machine.</summary>
internal sealed class RandomSource(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>0 … n − 1.</summary>
    public int Below(int n) => (int)((Next() >> 33) % (ulong)n);

    /// <summary>low … high, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    public bool Percent(int chance) => Below(100) < chance;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    public T OneOf<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>The result of one of the choices, drawn by weight; of another one while that has none.</summary>
    public T Choose<T>(params ReadOnlySpan<(int Weight, Func<T?> Make)> choices)
        where T : class
    {
        var total = 0;
        foreach (var (weight, _) in choices)
        {
            total += weight;
        }

        for (var attempt = 0; attempt < 20; attempt++)
        {
            var drawn = Below(total);
            foreach (var (weight, make) in choices)
            {
                if (drawn < weight)
                {
                    if (make() is { } made)
                    {
                        return made;
                    }

                    break;
                }

                drawn -= weight;
            }
        }

        return choices[0].Make() ?? throw new InvalidOperationException("the first choice is always possible");
    }
}
