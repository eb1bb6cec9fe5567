using Weld.Managed;

namespace Weld.Frames;

/// <summary>
/// Something that is computed later: a value of a graph in the coat of some library. Whatever has it takes part in the graph, runs together with the
/// values of other libraries, and compiles with them as one program.
/// </summary>
/// <typeparam name="T">What it is once computed.</typeparam>
public interface ILazy<out T>
{
    /// <summary>The value in the graph.</summary>
    LazyValue Value { get; }

    /// <summary>What stands for the value once it is computed: numbers are copied out, large values are held where they lie.</summary>
    /// <param name="computed">The computed value. It keeps its memory alive.</param>
    T Read(WeldView computed);
}
