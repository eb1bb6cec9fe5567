using System.Collections.Immutable;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Values;

/// <summary>A function of the host that programs call with <c>cudf[name,T](…)</c>.</summary>
/// <param name="Name">The name in programs.</param>
/// <param name="Type">What it takes and gives.</param>
/// <param name="HasEffects">Whether each call must happen exactly once and in order; a function without effects may run more or less often, or not at all.</param>
/// <param name="Invoke">The function itself; what it throws becomes the inner exception of <c>ForeignFunctionError</c>.</param>
public sealed record ForeignFunction(string Name, FunctionType Type, bool HasEffects, Func<Seq<Value>, Value> Invoke);

/// <summary>The host's functions by name. Immutable.</summary>
public sealed class ForeignFunctions
{
    private readonly ImmutableDictionary<string, ForeignFunction> _byName;

    private ForeignFunctions(ImmutableDictionary<string, ForeignFunction> byName) => _byName = byName;

    /// <summary>No functions.</summary>
    public static ForeignFunctions None { get; } = new(ImmutableDictionary<string, ForeignFunction>.Empty);

    /// <summary>The functions, in the order of their names.</summary>
    public IEnumerable<ForeignFunction> All => _byName.Values.OrderBy(f => f.Name, StringComparer.Ordinal);

    /// <summary>These functions and one more.</summary>
    /// <param name="function">The function.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public ForeignFunctions Add(ForeignFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return _byName.ContainsKey(function.Name)
            ? throw new ArgumentException($"expected a new name, found '{function.Name}', which is registered already", nameof(function))
            : new ForeignFunctions(_byName.Add(function.Name, function));
    }

    /// <summary>The function of that name, or null.</summary>
    /// <param name="name">The name in programs.</param>
    public ForeignFunction? Find(string name) => _byName.GetValueOrDefault(name);
}
