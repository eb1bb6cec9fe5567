namespace Weld.Managed.Runtime;

/// <summary>A function of the host that programs call by name.</summary>
internal abstract class HostFunction
{
    /// <summary>The name.</summary>
    public abstract string Name { get; }

    /// <summary>Calls it on arguments in memory, laid out as one struct.</summary>
    public abstract void Call(Run run, nint arguments, nint result);
}

/// <summary>What a host function threw.</summary>
internal sealed class HostFunctionException(Exception inner) : Exception(inner.Message, inner);
