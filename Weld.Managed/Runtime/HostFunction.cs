using Weld.Core.Values;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>What a function of the host threw.</summary>
internal sealed class HostFunctionException(Exception inner) : Exception(inner.Message, inner);

/// <summary>A function of the host as compiled code calls it: arguments and result are in memory.</summary>
internal abstract class HostFunction(string name)
{
    public string Name { get; } = name;

    /// <summary>The function as compiled code calls it.</summary>
    public static HostFunction Of(ForeignFunction function) => function.Invoke.Target as DelegateFunction ?? (HostFunction)new ValueFunction(function);

    /// <summary>Calls it.</summary>
    /// <param name="run">The run that the result is allocated in.</param>
    /// <param name="arguments">Where the arguments stand, laid out as one struct.</param>
    /// <param name="result">Where the result goes.</param>
    /// <exception cref="HostFunctionException">It threw.</exception>
    public abstract void Call(Run run, nint arguments, nint result);
}

/// <summary>A function over trees of values.</summary>
internal sealed class ValueFunction(ForeignFunction function) : HostFunction(function.Name)
{
    private readonly MemoryLayout[] _parameters = [.. function.Type.Parameters.Select(MemoryLayout.Of)];
    private readonly MemoryLayout _arguments = MemoryLayout.Of(new Weld.Core.Types.StructType(function.Type.Parameters));
    private readonly MemoryLayout _result = MemoryLayout.Of(function.Type.Result);

    public override void Call(Run run, nint arguments, nint result)
    {
        var values = _parameters.Select((p, i) => ValueMarshal.Read(p, arguments + _arguments.Offsets[i], NoBuilder)).ToArray();
        Value value;
        try
        {
            value = function.Invoke([.. values]);
        }
        catch (Exception e)
        {
            throw new HostFunctionException(e);
        }

        try
        {
            ValueMarshal.Write(run, value, _result, result, static (_, _) => throw new MismatchException("a value", "a builder"));
        }
        catch (MismatchException e)
        {
            throw new HostFunctionException(e);
        }
    }

    private static Value NoBuilder(Weld.Core.Types.BuilderType type, long handle) => throw new HostFunctionException(new NotSupportedException($"a host function takes no {type}"));
}
