namespace Weld.Bench.Compare;

/// <summary>One way of computing: a system, or a system with certain options.</summary>
internal abstract class Peer : IDisposable
{
    /// <summary>What to call it by.</summary>
    public abstract string Name { get; }

    /// <summary>Which version, and with what options; null if it never was on this machine.</summary>
    public abstract string? Version { get; }

    /// <summary>Why the peer is not on this machine, or takes no more part; null if it does.</summary>
    public abstract string? Absent { get; }

    /// <summary>Whether it is C, which Weld is measured by.</summary>
    public virtual bool IsTwin => false;

    /// <summary>Whether its float operations are the program's, each rounded by itself; only sums may be in another order.</summary>
    public virtual bool Rounds => true;

    /// <summary>Whether it computes with tables, which may have their rows in any order unless they are sorted.</summary>
    public virtual bool IsOfTables => false;

    /// <summary>How many copies of its arguments it holds, besides those that all peers in this process share.</summary>
    public virtual int Copies => 0;

    /// <summary>Makes ready to run; null if the peer does not take part.</summary>
    /// <param name="comparison">What.</param>
    /// <param name="arguments">On what.</param>
    /// <param name="threads">On how many threads.</param>
    /// <exception cref="PeerFailedException">It should take part, and cannot.</exception>
    public abstract Entry? Enter(Comparison comparison, object[] arguments, int threads);

    /// <summary>Lets go of what it holds from one computation to the next.</summary>
    public virtual void Dispose()
    {
    }
}

/// <summary>A peer ready to run one computation on its arguments.</summary>
internal abstract class Entry : IDisposable
{
    /// <summary>What compiling took, before the first run; null if nothing was compiled.</summary>
    public virtual TimeSpan? Compilation => null;

    /// <summary>Does what it takes, besides some runs, for runs to be as fast as they get.</summary>
    public virtual void WarmUp()
    {
    }

    /// <summary>Computes the answer and lets go of it.</summary>
    public abstract void Run();

    /// <summary>What some runs take.</summary>
    /// <param name="runs">How many.</param>
    /// <param name="clock">By which clock.</param>
    public virtual TimeSpan Time(int runs, Clock clock)
    {
        var start = clock.Now();
        for (var run = 0; run < runs; run++)
        {
            Run();
        }

        return clock.Now() - start;
    }

    /// <summary>The bytes that a run needs at its peak besides its arguments, its result included; null if not known.</summary>
    public virtual long? PeakMemory() => null;

    /// <summary>Computes the answer: columns of long, double or float.</summary>
    public abstract Array[] Answer();

    public abstract void Dispose();
}

/// <summary>A peer said that it failed, or something that it should not.</summary>
internal sealed class PeerFailedException(string message) : Exception(message);
