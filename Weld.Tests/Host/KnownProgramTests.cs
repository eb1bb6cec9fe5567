using Weld.Core.IR;
using Weld.Managed;

namespace Weld.Tests.Host;

public sealed class KnownProgramTests : IDisposable
{
    private const string Text = "|v: i64| v * 3L + 17L";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TextGivesTheModuleThatItGave() => Assert.Same(WeldModule.Compile(Text), WeldModule.Compile(Text));

    [Fact]
    public void TextGivesAnotherModuleUnderOtherOptions()
    {
        var interpreted = WeldModule.Compile(Text, new CompileOptions { Backend = Backend.Interpreter });
        Assert.NotSame(WeldModule.Compile(Text), interpreted);
        Assert.Same(interpreted, WeldModule.Compile(Text, new CompileOptions { Backend = Backend.Interpreter }));
    }

    [Fact]
    public void TextIsWrittenEachTimeThatOptionsSaySo()
    {
        foreach (var name in new[] { "one", "two" })
        {
            WeldModule.Compile(Text, new CompileOptions { DumpDirectory = _folder, DumpName = name });
        }

        Assert.Equal(["one.weld", "two.weld"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TreeWithOtherNamesKeepsItsOwn()
    {
        var module = WeldModule.Compile(Text);
        var renamed = WeldModule.Compile((Expr)WeldModule.Compile(Text.Replace('v', 'w')).Program);
        Assert.Equal(["v", "w"], [module.Parameters[0].Name, renamed.Parameters[0].Name]);
        using var result = renamed.Run(5L);
        Assert.Equal(32, result.As<long>());
    }
}
