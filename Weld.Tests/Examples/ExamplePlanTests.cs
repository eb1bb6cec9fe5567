using System.Text;
using System.Text.RegularExpressions;
using Weld.Bench.Workloads;
using Weld.Tests.Repository;

namespace Weld.Tests.Examples;

/// <summary>The optimised form and the plans of every example program are approved texts, and the page on the optimizer counts the loops; <c>WELD_BLESS=1</c> writes both.</summary>
public sealed partial class ExamplePlanTests
{
    private const string Page = "docs/optimizer.md";

    public static TheoryData<string> Programs => [.. Checkout.Files("examples").Where(f => f.EndsWith(".weld", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Programs))]
    public void ThePlanIsApproved(string path)
    {
        var plan = new ExamplePlan(path);
        var golden = $"Weld.Tests/Examples/Plans/{plan.Name}.weld";
        if (Checkout.Bless)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Checkout.FullPath(golden))!);
            File.WriteAllText(Checkout.FullPath(golden), plan.Text);
        }

        Assert.Equal(Checkout.Read(golden), plan.Text);
    }

    [Fact]
    public void ThePageCountsTheLoops()
    {
        var table = new StringBuilder("| program | as written | as run | by hand |\n|---|---|---|---|\n");
        foreach (var plan in Workload.All.Select(w => new ExamplePlan(w.Path)))
        {
            table.Append($"| [{plan.Name}](../examples/programs/{plan.Name}.weld) | {plan.Before} | {plan.After} | {plan.ByHand}: {plan.WhichByHand?.Trim().TrimEnd('.')} |\n");
        }

        var page = Checkout.Read(Page);
        var found = Table().Match(page);
        Assert.True(found.Success);
        if (Checkout.Bless)
        {
            File.WriteAllText(Checkout.FullPath(Page), page.Replace(found.Value, table.ToString(), StringComparison.Ordinal));
        }
        else
        {
            Assert.Equal(table.ToString(), found.Value);
        }
    }

    [GeneratedRegex(@"^\| program \| as written \|.*\n(\|.*\n)*", RegexOptions.Multiline)]
    private static partial Regex Table();
}
