using System.Runtime.CompilerServices;
using Weld.Core.Types;

namespace Weld.Frames;

/// <summary>
/// Finds values of a graph that are the same value: inputs over the same memory, and steps of the same function and inputs. Constants that are inputs of such
/// steps only have to be equal. Elsewhere equal constants stay apart: whether they happen to be equal must not decide which program it is.
/// </summary>
internal sealed class Twins
{
    private readonly Dictionary<object, LazyValue> _inputs = new(MemoryComparer.Instance);
    private readonly Dictionary<Step, LazyValue> _steps = [];
    private readonly Dictionary<(WeldType, object), int> _constants = [];

    /// <summary>Whether a value is an input that is no memory of the host, such as a number or text.</summary>
    public static bool IsConstant(LazyValue value) => value.Argument is { } argument && !MemoryComparer.IsMemory(argument);

    /// <summary>The value found before that a value is the same as; null if it is the first.</summary>
    /// <param name="value">The value.</param>
    /// <param name="numbers">The numbers of its inputs, constants excepted.</param>
    public LazyValue? Find(LazyValue value, Dictionary<LazyValue, int> numbers)
    {
        if (value.Function is { } function)
        {
            var inputs = new int[value.Inputs.Count];
            for (var i = 0; i < inputs.Length; i++)
            {
                var input = value.Inputs[i];
                inputs[i] = IsConstant(input) ? -1 - NumberOf(input) : numbers[input];
            }

            return FirstOf(_steps, new Step(function, inputs), value);
        }

        return IsConstant(value) || FirstOf(_inputs, value.Argument!, value) is not { } first || first.Type != value.Type ? null : first;
    }

    private static LazyValue? FirstOf<TKey>(Dictionary<TKey, LazyValue> known, TKey key, LazyValue value)
        where TKey : notnull => known.TryAdd(key, value) ? null : known[key];

    private int NumberOf(LazyValue constant)
    {
        // Floats are the same by their bits: 0.0 is not -0.0.
        var key = (constant.Type, constant.Argument switch
        {
            double x => BitConverter.DoubleToInt64Bits(x),
            float x => BitConverter.SingleToInt32Bits(x),
            string or IConvertible => constant.Argument,
            _ => constant,
        });
        if (!_constants.TryGetValue(key, out var number))
        {
            _constants.Add(key, number = _constants.Count);
        }

        return number;
    }

    /// <summary>A function and the numbers of its inputs; those of constants are negative.</summary>
    private sealed class Step(LazyFunction.Instance function, int[] inputs) : IEquatable<Step>
    {
        private readonly LazyFunction.Instance _function = function;
        private readonly int[] _inputs = inputs;

        public bool Equals(Step? other) => other is not null && ReferenceEquals(_function, other._function) && _inputs.AsSpan().SequenceEqual(other._inputs);

        public override bool Equals(object? obj) => Equals(obj as Step);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(RuntimeHelpers.GetHashCode(_function));
            foreach (var input in _inputs)
            {
                hash.Add(input);
            }

            return hash.ToHashCode();
        }
    }

    /// <summary>Arrays are the same as objects; memories if they are the same part of the same object.</summary>
    private sealed class MemoryComparer : IEqualityComparer<object>
    {
        public static readonly MemoryComparer Instance = new();

        public static bool IsMemory(object input) => IsPart(input) || (!input.GetType().IsValueType && input is not string);

        public new bool Equals(object? x, object? y) => ReferenceEquals(x, y) || (x is not null && y is not null && IsPart(x) && x.Equals(y));

        public int GetHashCode(object input) => IsPart(input) ? input.GetHashCode() : RuntimeHelpers.GetHashCode(input);

        private static bool IsPart(object input) =>
            input.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() is var g && (g == typeof(ReadOnlyMemory<>) || g == typeof(Memory<>));
    }
}
