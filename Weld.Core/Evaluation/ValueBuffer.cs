using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>A growing row of values, charged to a run for its capacity.</summary>
internal sealed class ValueBuffer(long elementSize)
{
    private const int FirstCapacity = 4;
    private Value[] _items = [];

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>The charge for them.</summary>
    public object? Owner { get; private set; }

    /// <summary>The value at an index.</summary>
    public Value this[int index] => _items[index];

    /// <summary>Appends a value.</summary>
    public void Add(Value value, MemoryAccount memory)
    {
        if (Count == _items.Length)
        {
            Reserve(Math.Max(FirstCapacity, Count * 2L), memory);
        }

        _items[Count++] = value;
    }

    /// <summary>Appends values.</summary>
    public void AddRange(ReadOnlySpan<Value> values, MemoryAccount memory)
    {
        if (values.Length > _items.Length - Count)
        {
            Reserve((long)Count + values.Length, memory);
        }

        values.CopyTo(_items.AsSpan(Count));
        Count += values.Length;
    }

    /// <summary>The values as a vector; nothing may be added after.</summary>
    public VectorValue ToVector() => new(_items.AsMemory(0, Count)) { Owner = Owner };

    private void Reserve(long capacity, MemoryAccount memory)
    {
        Owner = memory.Charge(capacity, elementSize);
        Array.Resize(ref _items, (int)capacity);
    }
}
