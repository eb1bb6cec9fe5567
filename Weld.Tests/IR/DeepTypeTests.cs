using System.Text;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Tests.IR;

/// <summary>Types nested as deep as they may be, on the smallest stack that a main thread has; deeper ones are a limit.</summary>
public sealed class DeepTypeTests
{
    private const int SmallStack = 1 << 20;

    [Theory]
    [InlineData("{{x{0}}}", "x{0}", Backend.Interpreter)]
    [InlineData("[x{0}]", "{{x{0}, serialize(x{0})}}", Backend.Compiled)]
    [InlineData("{{x{0}}}", "x{0} == x{0}", Backend.Compiled)]
    public void DeepTypesWorkOrAreALimit(string wrap, string end, Backend backend)
    {
        var options = new CompileOptions { Backend = backend };
        Assert.Null(OnASmallStack(() => WeldModule.Compile(Nested(wrap, end, 900), options).Run(1).ToValue()));
        var error = Assert.IsType<WeldCompileException>(OnASmallStack(() => WeldModule.Compile(Nested(wrap, end, 3000), options)));
        Assert.Equal(CompileCode.Limit, error.Diagnostics[0].Code);
    }

    private static string Nested(string wrap, string end, int levels)
    {
        var text = new StringBuilder("|x0: i32| ");
        for (var i = 1; i <= levels; i++)
        {
            text.Append("let x").Append(i).Append(" = ").AppendFormat(null, wrap, i - 1).Append("; ");
        }

        return text.AppendFormat(null, end, levels).ToString();
    }

    private static Exception? OnASmallStack(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(action), SmallStack);
        thread.Start();
        thread.Join();
        return thrown;
    }
}
