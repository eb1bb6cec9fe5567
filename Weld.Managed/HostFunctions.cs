using Weld.Core.Values;
using Weld.Managed.Runtime;

namespace Weld.Managed;

/// <summary>Registers delegates as functions that programs call with <c>cudf[name,T](…)</c>.</summary>
public static class HostFunctions
{
    /// <summary>These functions and one more. Its types follow from the delegate's: numbers, strings (<c>vec[i8]</c>), arrays, tuples, records, structs, dictionaries; a delegate without a result gives <c>{}</c>.</summary>
    /// <param name="functions">The functions so far.</param>
    /// <param name="name">The name in programs.</param>
    /// <param name="function">The function; it may be called from any thread that runs a program.</param>
    /// <param name="hasEffects">Whether each call must happen exactly once and in order; else it may be called more or less often, or not at all.</param>
    /// <exception cref="ArgumentException">The name is taken, or a type has no counterpart in Weld.</exception>
    public static ForeignFunctions Add(this ForeignFunctions functions, string name, Delegate function, bool hasEffects = false)
    {
        ArgumentNullException.ThrowIfNull(functions);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        var host = new DelegateFunction(name, function);
        return functions.Add(new ForeignFunction(name, host.Type, hasEffects, host.Invoke));
    }
}
