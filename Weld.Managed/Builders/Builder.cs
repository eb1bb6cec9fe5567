using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>A builder at run time. It lives in one run at a time and may move to another between runs.</summary>
internal abstract class Builder(Run run)
{
    /// <summary>The run that the builder's memory is charged to.</summary>
    public Run Run { get; private set; } = run;

    /// <summary>The addresses of the buffers the builder owns; 0 stands for none.</summary>
    public abstract IEnumerable<long> Buffers { get; }

    /// <summary>Makes the builder a guest of another run, which has taken its buffers over.</summary>
    public void MoveTo(Run run)
    {
        Run = run;
        Moved();
    }

    private protected virtual void Moved()
    {
    }
}
