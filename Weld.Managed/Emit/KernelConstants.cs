using System.Runtime.CompilerServices;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;

namespace Weld.Managed.Emit;

/// <summary>
/// The constants of a kernel in memory, each as often as the widest vector has lanes. The JIT compiler moves constants that stand in the code out of the loop and into registers, of which
/// there are too few: a rare path takes them, and then all are read again in every step. As an operand in memory a constant costs nothing. A number that a kernel names twice is
/// there twice: what is read from one place is kept for the next time, on the stack.
/// </summary>
internal sealed unsafe class KernelConstants
{
    /// <summary>The bytes of the widest vector.</summary>
    private const int Width = 64;

    /// <summary>More constants on the common path than that, and of 16 registers too few are left for values.</summary>
    private const int MostInRegisters = 13;

    private static readonly ConditionalWeakTable<Kernel, KernelConstants> Known = [];

    private readonly Dictionary<Node, int> _offsets = [];

    // Pinned, and kept as long as the kernel, which is for the life of the process.
    private readonly byte[] _memory;

    private KernelConstants(Kernel kernel)
    {
        var bytes = new List<byte[]>();
        var common = new HashSet<long>();
        Collect(kernel.Body, isRare: false);
        Take(kernel.Result);
        AreMany = common.Count > MostInRegisters;
        _memory = GC.AllocateUninitializedArray<byte>(Width * (bytes.Count + 2), pinned: true);
        var start = (nint)Unsafe.AsPointer(ref _memory[0]);
        Address = (start + Width - 1) & -Width;
        var aligned = _memory.AsSpan((int)(Address - start));
        BitConverter.TryWriteBytes(aligned, (long)Address);
        BitConverter.TryWriteBytes(aligned[sizeof(long)..], (long)Address);
        for (var i = 0; i < bytes.Count; i++)
        {
            for (var at = 0; at < Width; at += bytes[i].Length)
            {
                bytes[i].CopyTo(aligned[((Width * (i + 1)) + at)..]);
            }
        }

        void Collect(Region region, bool isRare)
        {
            foreach (var node in region.Nodes)
            {
                var operands = node is Branch { Condition: var condition, Fast: var fast } ? [condition, .. fast] : node.Operands;
                Array.ForEach(operands, Take);
                if (!isRare)
                {
                    common.UnionWith(operands.Where(_offsets.ContainsKey).Select(n => Bits(bytes[(Offset(n) / Width) - 1])));
                }

                if (node is Branch branch)
                {
                    Array.ForEach(branch.Slow, Take);
                    Collect(region.Slow(branch), isRare: true);
                }
            }
        }

        void Take(Node node)
        {
            if (node.Primitive == Primitive.Constant && !_offsets.ContainsKey(node))
            {
                bytes.Add(Bytes(node, kernel.Kind == ScalarKind.F64));
                _offsets.Add(node, Width * bytes.Count);
            }
        }
    }

    /// <summary>A multiple of <see cref="Width"/>, so that no constant lies across lines of the cache. There stands this address itself, then come the constants.</summary>
    public nint Address { get; }

    /// <summary>There it stands again for rare paths: the JIT compiler would hold what it takes for the same constants on both paths, on the stack.</summary>
    public nint RareAddress => Address + sizeof(long);

    /// <summary>Whether there are too many for the registers.</summary>
    public bool AreMany { get; }

    /// <summary>The constants of a kernel.</summary>
    public static KernelConstants Of(Kernel kernel) => Known.GetValue(kernel, static k => new KernelConstants(k));

    /// <summary>How far from <see cref="Address"/> a constant stands.</summary>
    public int Offset(Node constant) => _offsets[constant];

    private static long Bits(byte[] constant) => constant.Length == sizeof(long) ? BitConverter.ToInt64(constant) : BitConverter.ToInt32(constant);

    private static byte[] Bytes(Node node, bool isWide) => (node.Kind, isWide) switch
    {
        (LaneKind.Float, true) => BitConverter.GetBytes(node.Number),
        (LaneKind.Float, false) => BitConverter.GetBytes((float)node.Number),
        (_, true) => BitConverter.GetBytes(node.Integer),
        _ => BitConverter.GetBytes((int)node.Integer),
    };
}
