using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Weld.Managed.Runtime;

namespace Weld.Managed.Layout;

/// <summary>Pins <see cref="Memory{T}"/> and <see cref="ReadOnlyMemory{T}"/> of any element type.</summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The scalars' instances are made here; a struct's is made only where the host has it.")]
[UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The method's type parameter has no requirements.")]
internal static class HostMemory
{
    private static readonly MethodInfo Method = typeof(HostMemory).GetMethod(nameof(PinOf), BindingFlags.Static | BindingFlags.NonPublic)!;

    private static readonly ConcurrentDictionary<Type, Func<object, (MemoryPin, int)>> Known = new()
    {
        [typeof(bool)] = PinOf<bool>,
        [typeof(sbyte)] = PinOf<sbyte>,
        [typeof(short)] = PinOf<short>,
        [typeof(int)] = PinOf<int>,
        [typeof(long)] = PinOf<long>,
        [typeof(byte)] = PinOf<byte>,
        [typeof(ushort)] = PinOf<ushort>,
        [typeof(uint)] = PinOf<uint>,
        [typeof(ulong)] = PinOf<ulong>,
        [typeof(float)] = PinOf<float>,
        [typeof(double)] = PinOf<double>,
    };

    /// <summary>Pins a boxed memory of elements without references; null for other objects.</summary>
    public static (MemoryPin Pin, int Length, Type Element)? Pin(object value)
    {
        var type = value.GetType();
        if (!type.IsGenericType || type.GetGenericTypeDefinition() is var g && g != typeof(Memory<>) && g != typeof(ReadOnlyMemory<>))
        {
            return null;
        }

        var element = type.GetGenericArguments()[0];
        if (!element.IsValueType || FieldMap.HoldsReferences(element))
        {
            return null;
        }

        var (pin, length) = Known.GetOrAdd(element, static t => Method.MakeGenericMethod(t).CreateDelegate<Func<object, (MemoryPin, int)>>())(value);
        return (pin, length, element);
    }

    private static (MemoryPin Pin, int Length) PinOf<T>(object value)
    {
        var memory = value is Memory<T> writable ? writable : (ReadOnlyMemory<T>)value;
        return (new MemoryPin(memory.Pin(), (nint)((long)memory.Length * Unsafe.SizeOf<T>())), memory.Length);
    }
}
