using System.Linq.Expressions;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Host;

public sealed class ConfigurationTests
{
    [Fact]
    public void EveryKeySetsItsProperty()
    {
        var configuration = WeldConfiguration.Parse(new Dictionary<string, string>
        {
            ["weld.threads"] = "3",
            ["weld.timeout"] = "1500",
            ["weld.memory.limit"] = "1000000000",
            ["weld.optimization.passes"] = "inline-apply, inline-apply",
            ["weld.optimization.applyExperimentalTransforms"] = "true",
            ["weld.compile.backend"] = "interpreter",
            ["weld.compile.dumpCode"] = "true",
            ["weld.compile.dumpCodeDir"] = "here",
            ["weld.compile.dumpCodeFilename"] = "it",
        });
        Assert.Equal(new RunOptions { Threads = 3, Timeout = TimeSpan.FromSeconds(1.5), MemoryLimit = 1_000_000_000 }, configuration.Run);
        Assert.Equal(
            new CompileOptions
            {
                Passes = (Seq<string>)["inline-apply", "inline-apply"], ApplyExperimentalTransforms = true, Backend = Backend.Interpreter, DumpDirectory = "here", DumpName = "it",
            },
            configuration.Compile);
        Assert.Equal(10, WeldConfiguration.Keys.Count);
        Assert.Empty(WeldConfiguration.Parse("weld.optimization.passes", "").Compile.Passes!.Value);
        Assert.Equal(["-inline-apply"], WeldConfiguration.Parse("weld.optimization.passes", "-inline-apply").Compile.Passes!.Value);
        Assert.Contains(
            "found 'fold'", Assert.Throws<WeldConfigurationException>(() => WeldConfiguration.Parse("weld.optimization.passes", "fold")).Message, StringComparison.Ordinal);
        Assert.Throws<WeldConfigurationException>(() => WeldConfiguration.Parse("weld.optimization.passes", "inline-apply, -inline-apply"));
        Assert.Null(WeldConfiguration.Parse("weld.compile.dumpCode", "false").Compile.DumpDirectory);
    }

    [Theory]
    [InlineData("weld.thread", "1", "expected one of weld.compile.backend, ")]
    [InlineData("weld.threads", "0", "expected a whole number from 1 to 2147483647, found '0'")]
    [InlineData("weld.threads", "two", "found 'two'")]
    [InlineData("weld.timeout", "-1", "found '-1'")]
    [InlineData("weld.timeout", "1.5", "found '1.5'")]
    [InlineData("weld.memory.limit", "99999999999999999999", "expected a whole number from 1 to 9223372036854775807")]
    [InlineData("weld.optimization.applyExperimentalTransforms", "yes", "expected true or false, found 'yes'")]
    [InlineData("weld.compile.dumpCode", "1", "expected true or false")]
    [InlineData("weld.compile.backend", "llvm", "expected automatic, compiled or interpreter, found 'llvm'")]
    public void AnUnknownKeyOrABadValueIsRefused(string key, string value, string message)
    {
        var refused = Assert.Throws<WeldConfigurationException>(() => WeldConfiguration.Parse(key, value));
        Assert.Equal(key, refused.Key);
        Assert.StartsWith($"{key}: ", refused.Message);
        Assert.Contains(message, refused.Message);
    }

    [Fact]
    public void EveryKeyIsDocumented()
    {
        foreach (var page in new[] { "docs/language.md", "docs/hosting.md" })
        {
            Assert.All(WeldConfiguration.Keys, key => Assert.Contains($"`{key}`", Repository.Checkout.Read(page), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void LimitsAreAboveZero()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunOptions { MemoryLimit = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunOptions { Threads = 0 });
    }

    [Fact]
    public void TheExpressionCompilerIsTheHosts()
    {
        var compiled = 0;
        var options = new CompileOptions
        {
            ExpressionCompiler = lambda =>
            {
                compiled++;
                return lambda.Compile();
            },
        };
        using var result = WeldModule.Compile("|x: i64| x + 41L", options).Run(1L);
        Assert.Equal(42, result.As<long>());
        Assert.InRange(compiled, 1, 10);
    }

    [Fact]
    public void AlphaEqualProgramsAreCompiledOnce()
    {
        var compiled = 0;
        var options = new CompileOptions
        {
            ExpressionCompiler = lambda =>
            {
                compiled++;
                return lambda.Compile();
            },
        };
        var first = WeldModule.Compile("|x: i32| 17 / x", options);
        var once = compiled;
        var second = WeldModule.Compile("# the same\n|divisor: i32|\n  17 / divisor", options);
        Assert.Equal(once, compiled);
        Assert.Equal("x", first.Parameters[0].Name);
        Assert.Equal("divisor", second.Parameters[0].Name);
        Assert.Equal("|x: i32| ".Length, Assert.Throws<WeldRuntimeException>(() => first.Run(0)).Span.Start);
        Assert.Equal("# the same\n|divisor: i32|\n  ".Length, Assert.Throws<WeldRuntimeException>(() => second.Run(0)).Span.Start);
        WeldModule.Compile("|x: i32| 18 / x", options);
        Assert.True(compiled > once);
        once = compiled;
        WeldModule.Compile("|x: i32| 17 / x", options with { Functions = ForeignFunctions.None.Add("f", (int x) => x) });
        Assert.True(compiled > once);
    }

    [Fact]
    public void TreesAreProgramsToo()
    {
        var x = new Symbol("x", Weld.Core.Types.ScalarType.I64);
        var program = new Lambda([x], new Binary(Weld.Core.Operators.OperatorTable.Multiply, new Ident(x), new Literal(Scalar.I64(3))));
        using var result = WeldModule.Compile(program).Run(5L);
        Assert.Equal(15, result.As<long>());
        Assert.Throws<WeldCompileException>(() => WeldModule.Compile(new Ident(x)));
    }

    [Fact]
    public void AProgramThatIsDumpedReadsBack()
    {
        var folder = Directory.CreateTempSubdirectory("weld");
        try
        {
            var options = new CompileOptions { DumpDirectory = folder.FullName, DumpName = "it" };
            var module = WeldModule.Compile("|x: i64| let y = x + 1L; y * y", options);
            var text = File.ReadAllText(Path.Combine(folder.FullName, "it.weld"));
            Assert.True(AlphaEquality.Equal(module.Program, FrontEnd.Check(new SourceText(text)).Program));
            foreach (var refused in new[] { options, options with { DumpDirectory = Path.Combine(folder.FullName, "none") }, options with { DumpName = "a\0b" } })
            {
                var thrown = Assert.Throws<WeldConfigurationException>(() => WeldModule.Compile("|x: i64| x", refused));
                Assert.Equal("weld.compile.dumpCodeDir", thrown.Key);
                Assert.NotNull(thrown.InnerException);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void WarningsAreTheModules()
    {
        Assert.Single(WeldModule.Compile("@(unheard: 1) 1").Warnings);
        Assert.Empty(WeldModule.Compile("1").Warnings);
    }
}
