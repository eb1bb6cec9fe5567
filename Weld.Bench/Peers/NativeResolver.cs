using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Weld.Bench.Peers;

/// <summary>Where the libraries of peers are that are called: an assembly may have one resolver.</summary>
internal static class NativeResolver
{
    private static readonly ConcurrentDictionary<string, Lazy<nint>> Libraries = new();

    static NativeResolver() => NativeLibrary.SetDllImportResolver(
        typeof(NativeResolver).Assembly, static (name, _, _) => Libraries.TryGetValue(name, out var library) ? library.Value : 0);

    /// <summary>Says where a library is.</summary>
    /// <param name="name">What imports call it.</param>
    /// <param name="library">What loads it; 0 if it is not there.</param>
    public static void Add(string name, Lazy<nint> library) => Libraries[name] = library;
}
