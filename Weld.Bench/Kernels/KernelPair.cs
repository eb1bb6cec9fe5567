using Weld.Managed;

namespace Weld.Bench.Kernels;

/// <summary>A kernel on data, ready to run both ways; the answers are the same to the bit.</summary>
internal sealed class KernelPair
{
    private readonly Kernel _kernel;
    private readonly WeldModule _module;
    private readonly object[] _data;

    public KernelPair(Kernel kernel, int rows)
    {
        _kernel = kernel;
        _module = WeldModule.Compile(kernel.Program);
        _data = kernel.Data(rows);
        if (!Weld().Equals(ByHand()))
        {
            throw new InvalidOperationException($"{kernel.Name}, {rows} rows: expected {ByHand():R}, found {Weld():R}");
        }
    }

    public double Weld()
    {
        using var result = _module.Run(_data);
        return result.As<double>();
    }

    public double ByHand() => _kernel.ByHand(_data);
}
