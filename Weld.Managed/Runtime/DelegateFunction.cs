using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>A delegate of the host. One of scalars only is called without boxing; others take and give copies.</summary>
internal sealed unsafe class DelegateFunction : HostFunction
{
    private readonly Delegate _delegate;
    private readonly Type[] _types;
    private readonly MemoryLayout _arguments;
    private readonly MemoryLayout _result;
    private readonly Action<long, long>? _scalars;

    public DelegateFunction(string name, Delegate function)
        : base(name)
    {
        _delegate = function;
        var method = Signature(function.GetType());
        _types = [.. method.GetParameters().Select(p => p.ParameterType)];
        Type = new FunctionType(_types.Select((t, i) => Weld(t, $"parameter {i + 1}")).ToSeq(), method.ReturnType == typeof(void) ? new StructType([]) : Weld(method.ReturnType, "the result"));
        _arguments = MemoryLayout.Of(new StructType(Type.Parameters));
        _result = MemoryLayout.Of(Type.Result);
        _scalars = RuntimeFeature.IsDynamicCodeSupported && Type.Parts.All(t => t is ScalarType) ? Compile(method.ReturnType) : null;
    }

    /// <summary>What it takes and gives.</summary>
    public FunctionType Type { get; }

    public override void Call(Run run, nint arguments, nint result)
    {
        if (_scalars is not null)
        {
            CallScalars(arguments, result);
            return;
        }

        var values = new object?[_types.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = HostReader.Read(_types[i], _arguments.Parts[i], arguments + _arguments.Offsets[i]);
        }

        var value = Invoke(values) ?? (_result.Type is StructType { Fields.Count: 0 } ? default(ValueTuple) : null);
        try
        {
            new HostWriter(run).WriteCopy(value, _result, result);
        }
        catch (MismatchException e)
        {
            throw new HostFunctionException(e);
        }
    }

    /// <summary>Calls it with trees of values.</summary>
    public Value Invoke(Seq<Value> arguments)
    {
        using var run = new Run();
        var block = run.Allocate(_arguments.Size);
        var result = run.Allocate(_result.Size);
        ValueMarshal.Write(run, new StructValue(arguments), _arguments, block, static (_, _) => throw new MismatchException("a value", "a builder"));
        try
        {
            Call(run, block, result);
        }
        catch (HostFunctionException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
        }

        return ValueMarshal.Read(_result, result, static (type, _) => throw new WeldInternalException("host", $"expected a value, found {type}"));
    }

    private void CallScalars(nint arguments, nint result)
    {
        try
        {
            _scalars!(arguments, result);
        }
        catch (Exception e)
        {
            throw new HostFunctionException(e);
        }
    }

    private object? Invoke(object?[] values)
    {
        try
        {
            return _delegate.DynamicInvoke(values);
        }
        catch (TargetInvocationException e)
        {
            throw new HostFunctionException(e.InnerException!);
        }
    }

    // *(R*)result = function(*(T0*)(arguments + offset 0), …)
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only called where code can be generated.")]
    private Action<long, long> Compile(Type resultType)
    {
        var arguments = Expression.Parameter(typeof(long), "arguments");
        var result = Expression.Parameter(typeof(long), "result");
        var loads = _types.Select((t, i) => (Expression)Expression.Call(typeof(DelegateFunction), nameof(Load), [t], Expression.Add(arguments, Expression.Constant((long)_arguments.Offsets[i]))));
        var call = Expression.Invoke(Expression.Constant(_delegate), loads);
        return Expression.Lambda<Action<long, long>>(Expression.Call(typeof(DelegateFunction), nameof(Store), [resultType], result, call), arguments, result).Compile();
    }

    private static T Load<T>(long address) => Unsafe.ReadUnaligned<T>((void*)address);

    private static void Store<T>(long address, T value) => Unsafe.WriteUnaligned((void*)address, value);

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "A delegate's Invoke method is kept with it.")]
    private static MethodInfo Signature(Type type) => type.GetMethod("Invoke")!;

    private static WeldType Weld(Type clr, string place) =>
        ClrShape.Weld(clr) is { } type && !clr.IsByRefLike ? type : throw new ArgumentException($"expected {place} to be a number, string, array, tuple, record, struct or dictionary, found {clr}");
}
