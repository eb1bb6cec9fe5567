namespace Weld.Managed.Builders;

/// <summary>What a program asks of a dictionary that it makes.</summary>
[Flags]
internal enum DictionaryUse
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its entries, in their order.</summary>
    Listed = 1,

    /// <summary>The values of keys.</summary>
    Searched = 2,

    /// <summary>Anything.</summary>
    Any = Listed | Searched,
}
