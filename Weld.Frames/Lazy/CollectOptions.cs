using Weld.Managed;

namespace Weld.Frames;

/// <summary>How a graph is computed.</summary>
public sealed record CollectOptions
{
    /// <summary>Everything as it is by itself.</summary>
    public static CollectOptions Default { get; } = new();

    /// <summary>How its program is compiled.</summary>
    public CompileOptions Compile { get; init; } = CompileOptions.Default;

    /// <summary>What the run may use.</summary>
    public RunOptions Run { get; init; } = RunOptions.Default;
}
