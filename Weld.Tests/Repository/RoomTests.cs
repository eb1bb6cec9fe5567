using System.Diagnostics;
using System.Text.Json;
using Weld.Core.IR;
using Weld.Tests.Goldens;

namespace Weld.Tests.Repository;

public sealed class RoomTests
{
    private const string CompiledMethods = "DOTNET_JitDisasmSummary";
    private const string CompiledMethodsFile = "DOTNET_JitStdOutFile";

    public static TheoryData<string, string> NodesAndRooms
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var node in typeof(Expr).Assembly.GetTypes().Where(t => t.IsPublic && t.IsSubclassOf(typeof(Expr)) && !t.IsAbstract))
            {
                foreach (var room in new[] { "Weld.Core/IR/Printer.cs", "Weld.Core/Syntax", "Weld.Core/Evaluation", "Weld.Managed/Emit" })
                {
                    data.Add(node.Name, room);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(NodesAndRooms))]
    public void RoomKnowsNode(string node, string room) => Assert.Matches($@"\b{node}\b", Checkout.SourceText(room));

    /// <summary>
    /// A process of its own answers the golden programs through <c>weld eval</c>; the runtime lists the methods that it compiled there, and none of the
    /// interpreter is among them.
    /// </summary>
    [Fact]
    public void CompiledProgramsNeverEnterTheInterpreter()
    {
        var methods = Answer("compiled", out var answers);
        Assert.True(answers.Count(a => a.Contains("\"value\":", StringComparison.Ordinal)) > 100, string.Join('\n', answers.Take(3)));
        Assert.Contains(methods, m => m.Contains("Weld.Managed.Emit.", StringComparison.Ordinal));
        Assert.DoesNotContain(methods, m => m.Contains("Weld.Core.Evaluation.", StringComparison.Ordinal));
        Assert.Contains(Answer("interpreter", out _), m => m.Contains("Weld.Core.Evaluation.", StringComparison.Ordinal));
    }

    /// <summary>The methods that the runtime compiled while the golden programs ran, and the answers.</summary>
    private static string[] Answer(string backend, out string[] answers)
    {
        var list = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "weld.dll"));
            start.ArgumentList.Add("eval");
            start.Environment[CompiledMethods] = "1";
            start.Environment[CompiledMethodsFile] = list;
            using var process = Process.Start(start)!;
            var reading = process.StandardOutput.ReadToEndAsync();
            foreach (var golden in GoldenCase.All.Where(g => !g.Get("repeat").Any() && !g.Get("limit").Any()))
            {
                process.StandardInput.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>
                {
                    ["program"] = golden.Program,
                    ["args"] = JsonDocument.Parse($"[{string.Join(", ", golden.Get("args"))}]").RootElement,
                    ["conf"] = new Dictionary<string, string> { ["weld.compile.backend"] = backend, ["weld.timeout"] = "20000" },
                }));
            }

            process.StandardInput.Close();
            answers = reading.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            return File.ReadAllLines(list);
        }
        finally
        {
            File.Delete(list);
        }
    }
}
