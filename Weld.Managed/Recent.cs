namespace Weld.Managed;

/// <summary>The values that were asked for last.</summary>
/// <param name="most">How many are kept.</param>
internal sealed class Recent<TKey, TValue>(int most)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _known = [];
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>The value of a key, or null.</summary>
    public TValue? Find(TKey key)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out var known))
            {
                return null;
            }

            _byUse.Remove(known);
            _byUse.AddFirst(known);
            return known.Value.Value;
        }
    }

    /// <summary>Keeps a value, unless the key has one.</summary>
    public void Keep(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_known.ContainsKey(key))
            {
                return;
            }

            _known.Add(key, _byUse.AddFirst(new Entry(key, value)));
            if (_byUse.Count > most)
            {
                _known.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }
        }
    }

    private sealed record Entry(TKey Key, TValue Value);
}
