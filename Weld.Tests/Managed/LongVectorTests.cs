using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Vectors longer than <see cref="int.MaxValue"/> elements.</summary>
public sealed class LongVectorTests
{
    private const long Length = 2_200_000_000;

    [FactWithMemory(12)]
    public void VectorsBeyondIntMaxValueWork()
    {
        var module = WeldModule.Compile(
            """
            |n: i64|
                let v = result(for(rangeiter(0L, n, 1L), appender[i8](n), |b, i, x| merge(b, i8(x))));
                {v, lookup(v, n - 1L), result(for(v, merger[i64,+], |b, i, x| merge(b, i64(x)))), lookup(slice(v, 2147483650L, 100L), 5L)}
            """);
        using var result = module.Run(Length);
        Assert.Equal(Length, result[0].Length);
        Assert.Equal(unchecked((sbyte)(Length - 1)), result[1].As<sbyte>());
        Assert.Equal((Length / 256 * -128) + Enumerable.Range(0, (int)(Length % 256)).Sum(k => (long)unchecked((sbyte)k)), result[2].As<long>());
        Assert.Equal(unchecked((sbyte)2_147_483_655), result[3].As<sbyte>());
        Assert.Contains(Length.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Throws<InvalidOperationException>(() => result[0].AsSpan<sbyte>().Length).Message, StringComparison.Ordinal);
    }

    /// <summary>A fact for machines with at least so many GiB.</summary>
    private sealed class FactWithMemoryAttribute : FactAttribute
    {
        public FactWithMemoryAttribute(int gibibytes)
        {
            if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30 < gibibytes)
            {
                Skip = $"needs {gibibytes} GiB of memory";
            }
        }
    }
}
