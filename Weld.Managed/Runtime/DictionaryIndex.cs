using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>Makes a dictionary of entries that stand in memory already: from the host, or deserialized.</summary>
internal static class DictionaryIndex
{
    private const int LookEvery = 4096;

    /// <summary>Normalises the keys and builds the index over them.</summary>
    /// <param name="run">The run, which owns the entries.</param>
    /// <param name="layout">The dictionary's layout.</param>
    /// <param name="entries">The first entry.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="dictionary">The dictionary.</param>
    /// <returns>False if a key stands twice.</returns>
    public static bool TryBuild(Run run, MemoryLayout layout, nint entries, long count, out nint dictionary)
    {
        dictionary = 0;
        if (count == 0)
        {
            return true;
        }

        if (count > int.MaxValue / 2)
        {
            Fail.OutOfMemory($"expected a dictionary of at most {int.MaxValue / 2} entries, found {count}");
        }

        var entry = layout.Parts[0];
        var shape = DictionaryShape.Of((DictionaryType)layout.Type);
        var normalizes = KeyShape.HoldsFloats(entry.Parts[0].Type);
        for (var i = 0L; i < count && normalizes; i++)
        {
            if (i % LookEvery == 0)
            {
                run.ThrowIfStopped();
            }

            KeyShape.Normalize(run, entry.Parts[0], entries + ((nint)i * entry.Size));
        }

        var index = new KeyIndex(run, shape, entry.Size);
        if (!index.TryAddAll(entries, count))
        {
            return false;
        }

        dictionary = (nint)index.Publish(entries);
        return true;
    }
}
