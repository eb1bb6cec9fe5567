using Weld.Managed;

namespace Weld.Bench.Kernels;

/// <summary>
/// A kernel on data, ready to run both ways; the answers are the same to the bit. Few rows come in several sets in turn: a processor learns some
/// ten thousand branches by heart when they come again and again, sometimes those of one loop and not of the other, which says nothing of either.
/// </summary>
internal sealed class KernelPair
{
    /// <summary>Rows before the same come again.</summary>
    private const int LeastRows = 1 << 17;

    private readonly Kernel _kernel;
    private readonly WeldModule _module;
    private readonly object[][] _sets;
    private int _nextWeld;
    private int _nextByHand;

    public KernelPair(Kernel kernel, int rows)
    {
        _kernel = kernel;
        _module = WeldModule.Compile(kernel.Program);
        _sets = [.. Enumerable.Range(0, Math.Max(1, LeastRows / rows)).Select(set => kernel.Data(rows, set))];
        foreach (var data in _sets)
        {
            var (weld, byHand) = (Weld(data), kernel.ByHand(data));
            if (!weld.Equals(byHand))
            {
                throw new InvalidOperationException($"{kernel.Name}, {rows} rows: expected {byHand:R}, found {weld:R}");
            }
        }
    }

    public double Weld() => Weld(Next(ref _nextWeld));

    public double ByHand() => _kernel.ByHand(Next(ref _nextByHand));

    private double Weld(object[] data)
    {
        using var result = _module.Run(data);
        return result.As<double>();
    }

    private object[] Next(ref int next)
    {
        next = (next + 1) % _sets.Length;
        return _sets[next];
    }
}
