using System.Reflection;

namespace Weld.Tests.Repository;

public sealed class PublicApiTests
{
    /// <summary>A change of the public surface shows as a change of the approved text; <c>WELD_BLESS=1</c> approves.</summary>
    [Theory]
    [InlineData("Weld.Core")]
    [InlineData("Weld.Managed")]
    [InlineData("Weld.Frames")]
    public void SurfaceIsApproved(string package)
    {
        var path = $"Weld.Tests/Repository/PublicApi/{package}.txt";
        var found = PublicApi.Of(Assembly.Load(package));
        if (Checkout.Bless)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Checkout.FullPath(path))!);
            File.WriteAllText(Checkout.FullPath(path), found);
        }

        Assert.Equal(Checkout.Read(path), found);
    }
}
