using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;
using Weld.Managed.Emit;
using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Tests.Elementary;

/// <summary>The constants of kernels in memory are those that the kernels name, in every lane of every width.</summary>
public class KernelConstantsTests
{
    private const int Width = 64;

    public static IEnumerable<object[]> Functions => ElementaryFunctions.All;

    [Theory]
    [MemberData(nameof(Functions))]
    public unsafe void MemoryHoldsWhatTheKernelNames(string name, ScalarKind kind)
    {
        var kernel = ElementaryFunctions.Kernel(name, kind);
        var constants = KernelConstants.Of(kernel);
        Assert.Equal(0, constants.Address % Width);
        Assert.Equal(constants.Address, Unsafe.Read<nint>((void*)constants.Address));
        Assert.Equal(constants.Address, Unsafe.Read<nint>((void*)constants.RareAddress));

        var places = new HashSet<int>();
        foreach (var node in Constants(kernel))
        {
            var place = constants.Offset(node);
            Assert.True(place > 0 && place % Width == 0 && places.Add(place), $"a constant at {place}");
            var memory = new ReadOnlySpan<byte>((void*)(constants.Address + place), Width);
            Assert.Equal((kind == ScalarKind.F64, node.Kind == LaneKind.Float) switch
            {
                (true, true) => Bytes(Vector512.Create(node.Number)),
                (true, false) => Bytes(Vector512.Create(node.Integer)),
                (false, true) => Bytes(Vector512.Create((float)node.Number)),
                (false, false) => Bytes(Vector512.Create((int)node.Integer)),
            }, memory.ToArray());
        }

        Assert.NotEmpty(places);
    }

    [Fact]
    public void FewConstantsStandInTheCodeAndManyInMemory()
    {
        Assert.False(KernelConstants.Of(Chain(6)).AreMany);
        Assert.True(KernelConstants.Of(Chain(7)).AreMany);
        Assert.False(KernelConstants.Of(Kernel.Of(ScalarKind.F64, x => Enumerable.Range(0, 40).Aggregate(x, (sum, _) => Fma(sum, 0.5, 3)))).AreMany);
        Assert.False(KernelConstants.Of(Kernel.Of(ScalarKind.F64, x => Rare(x < 1, x, Wander(x, 20)))).AreMany);

        static Kernel Chain(int length) => Kernel.Of(ScalarKind.F64, x => Wander(x, length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryWidthReadsFloatsAndIntegersOnBothPaths(bool isWide)
    {
        var kernel = Kernel.Of(isWide ? ScalarKind.F64 : ScalarKind.F32, x =>
        {
            F shared = 1.0 / 3;
            var near = Float(Bits(Wander(x, 12) * shared) ^ 0x5A5A);
            return Rare(x < 0, near, Float(Bits(Wander(near * shared, 12)) + -3) - shared);
        });
        Assert.True(KernelConstants.Of(kernel).AreMany);
        if (isWide)
        {
            Compare(kernel, [.. Enumerable.Range(0, 64).Select(i => (i * 0.37) - (i % 8 < 4 ? 0 : 30))], kernel.Evaluate);
        }
        else
        {
            Compare(kernel, [.. Enumerable.Range(0, 64).Select(i => (i * 0.37f) - (i % 16 < 8 ? 0 : 30))], kernel.Evaluate);
        }
    }

    /// <summary>A chain of steps with two constants each, all different.</summary>
    private static F Wander(F x, int steps) => Enumerable.Range(1, steps).Aggregate(x, (sum, i) => Fma(sum, 1 + (1 / (10.0 + i)), 1 / (100.0 + i)));

    private static void Compare<T>(Kernel kernel, T[] arguments, Func<T, T, T> expected)
        where T : unmanaged
    {
        foreach (var bytes in new[] { 16, 32, 64 })
        {
            Assert.Equal(arguments.Select(x => expected(x, default)), VectorLanesTests.Run(kernel, bytes, arguments, arguments));
        }
    }

    private static IEnumerable<Node> Constants(Kernel kernel)
    {
        return Of(kernel.Body).Append(kernel.Result).Where(n => n.Primitive == Primitive.Constant).Distinct();

        IEnumerable<Node> Of(Region region) =>
            region.Nodes.SelectMany(n => n is Branch branch ? n.Operands.Concat(Of(region.Slow(branch))) : n.Operands);
    }

    private static byte[] Bytes<T>(Vector512<T> vector)
    {
        var bytes = new byte[Width];
        vector.AsByte().CopyTo(bytes);
        return bytes;
    }
}
