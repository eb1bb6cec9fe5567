using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Host;

/// <summary>Tests of the host API that hold whatever runs the programs.</summary>
public abstract class HostTests(Backend backend)
{
    private protected Backend Backend { get; } = backend;

    private protected WeldModule Compile(string program, ForeignFunctions? functions = null) =>
        WeldModule.Compile(program, new CompileOptions { Backend = Backend, Functions = functions ?? ForeignFunctions.None });

    private protected T Run<T>(string program, params object?[] arguments)
    {
        using var result = Compile(program).Run(arguments);
        return result.As<T>();
    }

    private protected string Refuses(string program, params object?[] arguments)
    {
        var module = Compile(program);
        var refused = Assert.ThrowsAny<ArgumentException>(() => module.Run(arguments));
        return $"{refused.ParamName}: {refused.Message}";
    }
}
