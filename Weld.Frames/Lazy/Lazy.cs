using Weld.Managed;

namespace Weld.Frames;

/// <summary>Computes lazy values, and shows how. Everything asked for at once is one program, and shares its memory: that is free when none of the answers is used any more.</summary>
public static class Lazy
{
    /// <summary>Computes one value.</summary>
    /// <typeparam name="T">What it is once computed.</typeparam>
    /// <param name="lazy">The value.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="Core.Diagnostics.WeldRuntimeException">The run ended without a value; the message names the step.</exception>
    public static T Collect<T>(this ILazy<T> lazy, CollectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lazy);
        return lazy.Read(Run([lazy.Value], options).Root);
    }

    /// <summary>Computes two values by one program.</summary>
    /// <typeparam name="T1">What the first is once computed.</typeparam>
    /// <typeparam name="T2">What the second is once computed.</typeparam>
    /// <param name="first">The first value.</param>
    /// <param name="second">The second value.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="Core.Diagnostics.WeldRuntimeException">The run ended without a value; the message names the step.</exception>
    public static (T1 First, T2 Second) CollectAll<T1, T2>(ILazy<T1> first, ILazy<T2> second, CollectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var all = Run([first.Value, second.Value], options);
        return (first.Read(all[0]), second.Read(all[1]));
    }

    /// <summary>Computes three values by one program.</summary>
    /// <typeparam name="T1">What the first is once computed.</typeparam>
    /// <typeparam name="T2">What the second is once computed.</typeparam>
    /// <typeparam name="T3">What the third is once computed.</typeparam>
    /// <param name="first">The first value.</param>
    /// <param name="second">The second value.</param>
    /// <param name="third">The third value.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="Core.Diagnostics.WeldRuntimeException">The run ended without a value; the message names the step.</exception>
    public static (T1 First, T2 Second, T3 Third) CollectAll<T1, T2, T3>(ILazy<T1> first, ILazy<T2> second, ILazy<T3> third, CollectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        var all = Run([first.Value, second.Value, third.Value], options);
        return (first.Read(all[0]), second.Read(all[1]), third.Read(all[2]));
    }

    /// <summary>Computes any number of values of one kind by one program.</summary>
    /// <typeparam name="T">What each is once computed.</typeparam>
    /// <param name="values">The values; at least one.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="Core.Diagnostics.WeldRuntimeException">The run ended without a value; the message names the step.</exception>
    public static T[] CollectAll<T>(IReadOnlyList<ILazy<T>> values, CollectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var nodes = values.Select(v => v.Value).ToArray();
        var all = Run(nodes, options);
        return nodes.Length == 1 ? [values[0].Read(all.Root)] : [.. values.Select((v, i) => v.Read(all[i]))];
    }

    /// <summary>What computing a value means: the program, and how each loop runs.</summary>
    /// <typeparam name="T">What the value is once computed.</typeparam>
    /// <param name="lazy">The value.</param>
    /// <param name="options">How it would be computed; null for the defaults.</param>
    public static string Explain<T>(this ILazy<T> lazy, CollectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lazy);
        return Explanation.Of([lazy.Value], options ?? CollectOptions.Default);
    }

    /// <summary>What computing several values by one program means: the program, and how each loop runs.</summary>
    /// <param name="values">The values; at least one.</param>
    /// <param name="options">How they would be computed; null for the defaults.</param>
    public static string ExplainAll(ReadOnlySpan<LazyValue> values, CollectOptions? options = null) => Explanation.Of(NotEmpty(values), options ?? CollectOptions.Default);

    /// <summary>The value of one node, or the struct of the values of several.</summary>
    internal static WeldResult Run(ReadOnlySpan<LazyValue> values, CollectOptions? options) => LazyProgram.Of(NotEmpty(values)).Run(options ?? CollectOptions.Default);

    private static ReadOnlySpan<LazyValue> NotEmpty(ReadOnlySpan<LazyValue> values) =>
        values.IsEmpty ? throw new ArgumentException("expected at least one value, found none", nameof(values)) : values;
}
