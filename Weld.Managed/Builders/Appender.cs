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

    private readonly int _size;

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

    /// <summary>The first element.</summary>
    public long Data { get; private set; }

    /// <summary>The number of elements.</summary>
    public long Length { get; set; }

    /// <summary>The number of elements there is room for.</summary>
    public long Capacity { get; private set; }

    public override IEnumerable<long> Buffers => [Data];

    /// <summary>Makes room for at least one more element.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Grow() => Reserve(Math.Max(16, checked(2 * Capacity)));

    /// <summary>The vector's buffer is the run's from now on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Finish() => Memory.Publish(Run, Data);

    private void Reserve(long capacity)
    {
        if (capacity > Capacity)
        {
            Data = Memory.Grow(Run, Data, Length, capacity, _size);
            Capacity = capacity;
        }
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
        var made = argument is VectorOperand v
            ? Clr.New(typeof(Appender), emitter.Run, size, v.Data, v.Length)
            : Clr.New(typeof(Appender), emitter.Run, size, argument is ScalarOperand s ? s.Value : Clr.Zero);
        return new ObjectOperand(emitter.Local(made), InLoop: false);
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

    public override Operand Result(FunctionEmitter emitter, Operand builder)
    {
        var b = ((ObjectOperand)builder).Object;
        emitter.Do(Clr.CallOn(b, nameof(Appender.Finish)));
        return new VectorOperand(emitter.Local(Clr.Property(b, nameof(Appender.Data))), emitter.Local(Clr.Property(b, nameof(Appender.Length))));
    }
}
