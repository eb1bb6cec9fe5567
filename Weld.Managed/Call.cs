using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weld.Core.Diagnostics;
using Weld.Core.Values;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed;

/// <summary>One run of a module from its first argument to its result.</summary>
internal sealed class Call : IDisposable
{
    private readonly WeldModule _module;
    private readonly RunOptions _options;
    private readonly Run _run;
    private readonly HostWriter _writer;
    private readonly nint _arguments;

    public Call(WeldModule module, RunOptions options)
    {
        _module = module;
        _options = options;
        module.Engine.Prepare(options);
        _run = new Run(options.MemoryLimit, options.Timeout, options.CancellationToken, options.Threads ?? Environment.ProcessorCount) { Foreign = module.Foreign, Grain = options.Grain };
        _writer = new HostWriter(_run);
        _arguments = _run.Allocate(module.Arguments.Size);
    }

    /// <summary>Passes an argument.</summary>
    /// <param name="index">The parameter's number.</param>
    /// <param name="value">The argument.</param>
    /// <exception cref="ArgumentException">It is not of the parameter's type.</exception>
    public void Pass(int index, object? value)
    {
        try
        {
            _writer.Write(value, _module.Arguments.Parts[index], Place(index));
        }
        catch (MismatchException e)
        {
            throw Refused(index, e);
        }

        // A builder is an object of what ran the program that made it.
        var isInterpreted = _module.Engine is InterpreterEngine;
        if (_writer.Guests.Exists(g => (g.From.FindBuilder(g.Handle) is BuilderValue) != isInterpreted) || (_writer.Others.Count > 0 && !isInterpreted))
        {
            throw new ArgumentException($"expected a builder of a program with the same backend, found one of the other", _module.Parameters[index].Name);
        }
    }

    /// <summary>Passes an argument whose type is known, also a span.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="index">The parameter's number.</param>
    /// <param name="value">The argument.</param>
    /// <exception cref="ArgumentException">It is not of the parameter's type.</exception>
    public unsafe void Pass<T>(int index, scoped T value)
        where T : allows ref struct
    {
        var layout = _module.Arguments.Parts[index];
        if (typeof(T).IsByRefLike)
        {
            // Spans of all element types are a reference and a count of elements.
            var span = Unsafe.As<T, ReadOnlySpan<byte>>(ref value);
            try
            {
                _writer.WriteSpan(ClrShape.Element(typeof(T))!, ref MemoryMarshal.GetReference(span), span.Length, layout, Place(index));
            }
            catch (MismatchException e)
            {
                throw Refused(index, e);
            }
        }
        else if (FieldMap.Of(typeof(T), layout) is { } map)
        {
            map.ToWeld(ref Unsafe.As<T, byte>(ref value), Place(index), 1);
        }
        else
        {
            Pass(index, RuntimeHelpers.Box(ref Unsafe.As<T, byte>(ref value), typeof(T).TypeHandle));
        }
    }

    /// <summary>Runs the program.</summary>
    /// <exception cref="WeldRuntimeException">The run ended without a value.</exception>
    public WeldResult Execute()
    {
        var result = Enter();
        return new WeldResult(_run.Detach(result, _module.Result, _module.Engine), _module.Result, result);
    }

    /// <summary>Runs the program and gives a copy of its result as a type of the host, or the result itself.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <exception cref="WeldRuntimeException">The run ended without a value.</exception>
    public T Execute<T>() => typeof(T) == typeof(WeldResult) ? (T)(object)Execute() : HostReader.Read<T>(_module.Result, Enter());

    public void Dispose()
    {
        _run.Dispose();
        Telemetry.Begin();
    }

    // The address of the result.
    private nint Enter()
    {
        Welcome();
        var result = _run.Allocate(_module.Result.Size);
        var telemetry = Telemetry.Heard;
        if ((_options.Profile is not null || telemetry is not null) && _module.Engine is CompiledEngine { Program: var program })
        {
            RunWatched(program, telemetry, result);
        }
        else
        {
            RunProgram(result);
        }

        return result;
    }

    private void RunWatched(CompiledProgram program, Telemetry? telemetry, nint result)
    {
        var profiler = new Profiler(program);
        _run.Profiler = profiler;
        RuntimeCode? error = null;
        try
        {
            RunProgram(result);
        }
        catch (WeldRuntimeException e)
        {
            error = e.Code;
            throw;
        }
        finally
        {
            var profile = profiler.ToProfile(_module.Translate);
            telemetry?.Tell(profile, error);
            _options.Profile?.Invoke(profile);
        }
    }

    private void RunProgram(nint result)
    {
        try
        {
            _module.Engine.Execute(_run, _options, _arguments, result);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new WeldRuntimeException(RuntimeCode.OutOfMemory, "expected stack for the run, found too little left", default, e);
        }
        catch (OutOfMemoryException e)
        {
            throw new WeldRuntimeException(RuntimeCode.OutOfMemory, "expected memory for the run, found none", default, e);
        }
        catch (WeldRuntimeException e) when (_module.Translate(e.Span) is var span && span != e.Span)
        {
            throw new WeldRuntimeException(e.Code, e.Detail, span, e.InnerException);
        }
        catch (Exception e) when (e is not WeldException)
        {
            throw new WeldInternalException("run", e.Message, e);
        }
    }

    // All builders, or none if one of them was taken by another run meanwhile.
    private unsafe void Welcome()
    {
        var taken = new List<(HostWriter.Guest Guest, object Builder)>();
        foreach (var guest in _writer.Guests)
        {
            if (!guest.From.TryTakeBuilder(guest.Handle, out var builder))
            {
                taken.ForEach(t => t.Guest.From.PutBack(t.Guest.Handle, t.Builder));
                throw new ArgumentException("expected a builder that no run has taken, found one that another run took just now");
            }

            taken.Add((guest, builder!));
        }

        foreach (var (guest, builder) in taken)
        {
            *(long*)guest.At = _run.Welcome(guest.From, builder);
        }

        foreach (var (builder, at) in _writer.Others)
        {
            *(long*)at = _run.AddBuilder(builder);
        }
    }

    private nint Place(int index) => _arguments + _module.Arguments.Offsets[index];

    private ArgumentException Refused(int index, MismatchException e) =>
        new($"{e.Message}{(_writer.Path is { Length: > 0 } path ? $" at {path}" : "")}", _module.Parameters[index].Name, e);
}
