using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>A vector that grows at its end.</summary>
internal sealed class Appender : Builder
{
    /// <summary>A capacity is a hint: no more elements than this are reserved on its word.</summary>
    private const long MaxHint = 1 << 16;

    /// <summary>The elements of a whole loop are taken to be so many times what its first iterations promise.</summary>
    private const double FirstGuess = 1.1;

    /// <summary>The first iterations of a loop may mislead: at a time the room becomes so many times as large at most.</summary>
    private const long MaxGrowth = 64;

    /// <summary>More than most last-level caches hold.</summary>
    private const long FarBytes = 1 << 25;

    private readonly int _size;
    private readonly bool _isOfFar;

    /// <summary>Of one that is forked: held while its room moves, and while a thread begins or ends to copy elements into it.</summary>
    private object? _gate;
    private int _copying;

    private long _expected;
    private long _before;
    private long _done;
    private bool _isWindow;
    private bool _isTemporary;

    /// <summary>Of a fork: where its elements belong.</summary>
    private long _place;

    /// <summary>How many elements an iteration merges, on average.</summary>
    private double _density;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Appender(Run run, int size, long hint)
        : base(run)
    {
        _size = size;
        Reserve(Math.Clamp(hint, 0, MaxHint));
    }

    /// <summary>Starts from a copy of a vector.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Appender(Run run, int size, long data, long length)
        : base(run)
    {
        _size = size;
        Reserve(length);
        Memory.CopyLong(run, Data, data, length * size);
        Length = length;
    }

    private Appender(Run run, Appender other, long at, long capacity)
        : base(run)
    {
        _size = other._size;
        (_isWindow, _isOfFar) = (true, other.IsFar);
        Data = other.Data + (at * _size);
        Capacity = capacity;
    }

    /// <summary>An appender of an iteration's temporary: the one of the iteration before, empty again, with its memory; or a new one. Its vector keeps the memory no longer than that.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Appender Again(Appender? last, Run run, int size, long hint)
    {
        if (last is null)
        {
            return new Appender(run, size, hint) { _isTemporary = true };
        }

        last.Length = 0;
        last.Reserve(Math.Clamp(hint, 0, MaxHint));
        return last;
    }

    /// <summary>The first element.</summary>
    public long Data { get; private set; }

    /// <summary>The number of elements.</summary>
    public long Length { get; set; }

    /// <summary>The number of elements there is room for. In a <see cref="Window"/> the memory past it is another's: it may not be written, not even for a moment.</summary>
    public long Capacity { get; private set; }

    /// <summary>Whether its room is larger than caches are: nothing of what is stored will be there when it is read.</summary>
    public bool IsFar => _isWindow ? _isOfFar : Capacity * _size >= FarBytes;

    public override long Rows => Length;

    public override int RowSize => _size;

    public override IEnumerable<long> Buffers => _isWindow ? [] : [Data];

    /// <summary>Makes room for at least one more element.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Grow() => Reserve(Math.Max(16, checked(2 * Capacity)));

    /// <summary>Makes room for so many more elements.</summary>
    public void ReserveMore(long count)
    {
        _expected = 0;
        Reserve(count > long.MaxValue - Length ? long.MaxValue : Length + count);
    }

    /// <summary>A loop begins whose iterations each merge at most a few elements: what the first ones merge tells how much room all will take.</summary>
    public void Expect(long iterations) => (_expected, _before) = (iterations, Length);

    /// <summary>Makes room for so many more elements, and at least twice as many as there is.</summary>
    /// <param name="count">How many.</param>
    /// <param name="done">How many iterations of the loop are over.</param>
    /// <param name="storesPast">Whether whole vectors are stored, also where only their first elements count: what is past the room must be this appender's.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void MakeRoom(long count, long done, bool storesPast)
    {
        if (storesPast && _isWindow)
        {
            Reserve(Capacity + 1);
        }

        if (Capacity - Length < count)
        {
            _done = done;
            Measure(Length);
            Reserve(Wanted(checked(Length + count)));
        }
    }

    /// <summary>A fork that puts its elements right where they belong: a stretch of the room that is reserved.</summary>
    /// <param name="worker">The run in which it is used.</param>
    /// <param name="at">The number of its first element.</param>
    /// <param name="count">How many elements it gets.</param>
    public Appender Window(Run worker, long at, long count) => new(worker, this, at, count);

    public override bool CanFork => true;

    public override void Prepare(long done)
    {
        _gate ??= new object();
        _done = done;
        Measure(Length);
        if (done < _expected && _density * _expected > Capacity - _before)
        {
            Reserve(Wanted(Length));
        }
    }

    public override Builder Fork(Run worker, long iterations)
    {
        var expected = Volatile.Read(ref _density) * iterations;
        return new Appender(worker, _size, (long)(FirstGuess * Math.Min(expected, MaxHint)) + 1) { _expected = iterations };
    }

    // A fork's elements get their places: in a window they are there already, others are copied there by any thread.
    public override void Join(Builder part)
    {
        var fork = (Appender)part;
        var length = checked(Length + fork.Length);
        fork._place = Length;
        _done += fork._expected;
        Measure(length);
        if (length > Capacity)
        {
            lock (_gate!)
            {
                while (_copying > 0)
                {
                    Monitor.Wait(_gate!);
                }

                Reserve(Wanted(length));
            }
        }

        Length = length;
    }

    public override bool Deliver(Run worker, Builder part)
    {
        var fork = (Appender)part;
        if (fork._isWindow)
        {
            return false;
        }

        Count(1);
        try
        {
            Copy(worker, Data + (fork._place * _size), fork.Data, fork.Length * _size);
        }
        finally
        {
            Count(-1);
        }

        return true;

        void Count(int more)
        {
            lock (_gate!)
            {
                _copying += more;
                Monitor.PulseAll(_gate!);
            }
        }
    }

    /// <summary>The vector's buffer is the run's from now on; that of a temporary stays here for the next one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Finish()
    {
        if (!_isTemporary)
        {
            Memory.Publish(Run, Data);
        }
    }

    // What was in the vector before the loop does not count.
    private void Measure(long length) => Volatile.Write(ref _density, _done > 0 && _done < _expected ? (double)(length - _before) / _done : 0);

    /// <summary>The room to make for so many elements: for all that the loop promises, unless that is much more.</summary>
    private long Wanted(long length)
    {
        var all = (long)(_density * _expected * FirstGuess);
        return Math.Max(length, Math.Max(checked(2 * Capacity), Math.Min(all, checked(MaxGrowth * length))));
    }

    private void Copy(Run worker, long target, long source, long bytes)
    {
        if (IsFar)
        {
            Memory.CopyFar(worker, target, source, bytes);
        }
        else
        {
            Memory.CopyLong(worker, target, source, bytes);
        }
    }

    private void Reserve(long capacity)
    {
        if (capacity <= Capacity)
        {
            return;
        }

        if (_isWindow)
        {
            var own = Memory.AllocateOwned(Run, capacity, _size);
            Memory.CopyLong(Run, own, Data, Length * _size);
            (Data, _isWindow) = (own, false);
        }
        else
        {
            Data = Memory.Grow(Run, Data, Length, capacity, _size);
        }

        Capacity = capacity;
    }
}

/// <summary>Appenders: an inlined store, and a call when there is no room.</summary>
internal sealed class AppenderCode(AppenderType type) : BuilderCode
{
    private readonly int _size = MemoryLayout.Of(type.Element).Size;

    public override Type ObjectType => typeof(Appender);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument)
    {
        var size = Expression.Constant(_size);
        if (argument is VectorOperand v)
        {
            return new ObjectOperand(emitter.Local(Clr.New(typeof(Appender), emitter.Run, size, v.Data, v.Length)), InLoop: false);
        }

        var hint = argument is ScalarOperand s ? s.Value : Clr.Zero;
        if (emitter.TemporaryOf(node, typeof(Appender)) is { } temporary)
        {
            emitter.Do(Expression.Assign(temporary, Clr.Call(typeof(Appender), nameof(Appender.Again), temporary, emitter.Run, size, hint)));
            return new ObjectOperand(temporary, InLoop: false);
        }

        return new ObjectOperand(emitter.Local(Clr.New(typeof(Appender), emitter.Run, size, hint)), InLoop: false);
    }

    // length = b.Length; if (length == b.Capacity) b.Grow(); store(b.Data + length * size, value); b.Length = length + 1;
    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var b = ((ObjectOperand)builder).Object;
        var held = emitter.Hold(value);
        var length = emitter.Local(Clr.Property(b, nameof(Appender.Length)));
        emitter.Do(Expression.IfThen(Expression.Equal(length, Clr.Property(b, nameof(Appender.Capacity))), Clr.CallOn(b, nameof(Appender.Grow))));
        emitter.Store(type.Element, held, emitter.Local(Clr.Element(Clr.Property(b, nameof(Appender.Data)), length, _size)));
        emitter.Do(Expression.Assign(Clr.Property(b, nameof(Appender.Length)), Expression.Add(length, Clr.One)));
        return builder;
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder, DictionaryUse use)
    {
        var b = ((ObjectOperand)builder).Object;
        emitter.Do(Clr.CallOn(b, nameof(Appender.Finish)));
        return new VectorOperand(emitter.Local(Clr.Property(b, nameof(Appender.Data))), emitter.Local(Clr.Property(b, nameof(Appender.Length))));
    }
}
