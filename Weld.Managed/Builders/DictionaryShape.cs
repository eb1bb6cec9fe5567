using System.Collections.Concurrent;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Managed.Builders;

/// <summary>What the table code knows of a dictionary type.</summary>
internal sealed class DictionaryShape
{
    private static readonly ConcurrentDictionary<DictionaryType, DictionaryShape> Known = new();

    private DictionaryShape(DictionaryType type)
    {
        var entry = MemoryLayout.Of(new StructType([type.Key, type.Value]));
        Key = KeyShape.Of(type.Key);
        Words = KeyWords.Of(entry.Parts[0]);
        KeySize = entry.Parts[0].Size;
        ValueOffset = entry.Offsets[1];
        ValueSize = entry.Parts[1].Size;
        EntrySize = entry.Size;
    }

    public KeyShape Key { get; }

    /// <summary>The words of a key, null for keys that are hashed and compared in memory.</summary>
    public KeyWords? Words { get; }

    public int KeySize { get; }

    public int ValueOffset { get; }

    public int ValueSize { get; }

    public int EntrySize { get; }

    public static DictionaryShape Of(DictionaryType type) => Known.GetOrAdd(type, t => new DictionaryShape(t));
}
