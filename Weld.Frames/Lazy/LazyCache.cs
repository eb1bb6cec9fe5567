using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Managed;

namespace Weld.Frames;

/// <summary>The programs of the graphs computed last, by the graphs' shape: a graph that is built again, over other data and with other constants, is not even written as a program again.</summary>
internal static class LazyCache
{
    private const int MostPrograms = 256;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<Key, LinkedListNode<(Key Key, WeldModule Module)>> Known = [];
    private static readonly LinkedList<(Key Key, WeldModule Module)> ByUse = new();

    /// <summary>The compiled program of a graph; two threads may compile the same one at once.</summary>
    public static WeldModule Get(LazyProgram program, CompileOptions options)
    {
        var key = new Key(program, options);
        lock (Gate)
        {
            if (options.DumpDirectory is null && Known.TryGetValue(key, out var known))
            {
                ByUse.Remove(known);
                ByUse.AddFirst(known);
                return known.Value.Module;
            }
        }

        var module = WeldModule.Compile(program.ToFunction(), options);
        lock (Gate)
        {
            if (!Known.ContainsKey(key))
            {
                Known.Add(key, ByUse.AddFirst((key, module)));
            }

            if (ByUse.Count > MostPrograms)
            {
                Known.Remove(ByUse.Last!.Value.Key);
                ByUse.RemoveLast();
            }
        }

        return module;
    }

    /// <summary>A graph's shape and the options. Functions are equal as objects only, types by value.</summary>
    private sealed class Key : IEquatable<Key>
    {
        private readonly object[] _parts;
        private readonly int[] _wires;
        private readonly CompileOptions _options;
        private readonly int _hash;

        public Key(LazyProgram program, CompileOptions options)
        {
            (_parts, _wires) = program.Shape();
            _options = options;
            var hash = default(HashCode);
            foreach (var part in _parts)
            {
                hash.Add(part is WeldType type ? type.GetHashCode() : RuntimeHelpers.GetHashCode(part));
            }

            foreach (var wire in _wires)
            {
                hash.Add(wire);
            }

            _hash = hash.ToHashCode();
        }

        public bool Equals(Key? other)
        {
            if (other is null || _hash != other._hash || _parts.Length != other._parts.Length || !_wires.AsSpan().SequenceEqual(other._wires) || !_options.Equals(other._options))
            {
                return false;
            }

            for (var i = 0; i < _parts.Length; i++)
            {
                if (!ReferenceEquals(_parts[i], other._parts[i]) && !(_parts[i] is WeldType type && type.Equals(other._parts[i] as WeldType)))
                {
                    return false;
                }
            }

            return true;
        }

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode() => _hash;
    }
}
