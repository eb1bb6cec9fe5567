using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>A builder at run time. It lives in one run at a time and may move to another between runs.</summary>
internal abstract class Builder(Run run)
{
    /// <summary>The run that the builder's memory is charged to.</summary>
    public Run Run { get; private set; } = run;

    /// <summary>The addresses of the buffers the builder owns; 0 stands for none.</summary>
    public abstract IEnumerable<long> Buffers { get; }

    /// <summary>The loop that a profile is made of and that merged into it last; null for none.</summary>
    public LoopRecord? Record { get; set; }

    /// <summary>How it holds what it has gathered by now, in words; empty where there is one way.</summary>
    public virtual string Storage => "";

    /// <summary>How many elements, keys or values it has gathered, as far as that is known; 0 for one whose size merges do not change.</summary>
    public virtual long Rows => 0;

    /// <summary>The bytes of each.</summary>
    public virtual int RowSize => 0;

    /// <summary>How many cells a fork prepares and a join goes through, however little was merged.</summary>
    public virtual long ForkCells => 0;

    /// <summary>Whether a loop that begins now may merge into it on several threads.</summary>
    public virtual bool CanFork => false;

    /// <summary>Called before a loop on several threads forks it, after the first iterations, which one has run.</summary>
    /// <param name="done">How many these are.</param>
    public virtual void Prepare(long done)
    {
    }

    /// <summary>
    /// A builder for one range of a loop's iterations, which holds only what that range merges, from the identity. Called by several threads at once, also while
    /// another joins: it reads only what joins do not change, or single words of which it may see the old value as well as the new.
    /// </summary>
    /// <param name="worker">The run in which the range runs, and whose memory the new builder takes.</param>
    /// <param name="iterations">How many iterations the range has.</param>
    public virtual Builder Fork(Run worker, long iterations) => throw new NotSupportedException();

    /// <summary>Takes over what a fork has gathered; its buffers are this builder's run's already. Called in the order of the ranges, by one thread at a time.</summary>
    /// <param name="part">The fork.</param>
    public virtual void Join(Builder part) => throw new NotSupportedException();

    /// <summary>
    /// Takes over what of a joined fork needs no order, since the join has told where it belongs. Called by several threads at once, also while another joins; the fork is not
    /// used again.
    /// </summary>
    /// <param name="worker">The run of the thread.</param>
    /// <param name="part">The fork.</param>
    /// <returns>Whether the fork's buffers are to be freed.</returns>
    public virtual bool Deliver(Run worker, Builder part) => false;

    /// <summary>Puts together what was joined, after the last range of a loop or before it rests.</summary>
    public virtual void Settle()
    {
    }

    /// <summary>After how many more iterations on several threads a loop is to rest.</summary>
    public virtual long UntilRest => long.MaxValue;

    /// <summary>Does in the middle of a loop, while none of its ranges runs, what all threads are to help with.</summary>
    public virtual void Rest()
    {
    }

    /// <summary>Frees the memory of a builder that is not used again; null is none.</summary>
    public static void Drop(Builder? builder)
    {
        foreach (var buffer in builder?.Buffers ?? [])
        {
            Memory.Free(builder!.Run, buffer);
        }
    }

    /// <summary>Makes the builder a guest of another run, which has taken its buffers over.</summary>
    public void MoveTo(Run run)
    {
        (Run, Record) = (run, null);
        Moved();
    }

    private protected virtual void Moved()
    {
    }
}
