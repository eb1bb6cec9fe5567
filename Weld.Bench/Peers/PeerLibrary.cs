using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Weld.Bench.Peers;

/// <summary>A native library of a peer: the first of its possible files that loads, looked for when first asked for.</summary>
internal sealed class PeerLibrary
{
    /// <summary>All, by what imports call them: an assembly may have one resolver.</summary>
    private static readonly ConcurrentDictionary<string, PeerLibrary> Known = new();

    private readonly Lazy<(nint Handle, string? File)> _loaded;

    static PeerLibrary() => NativeLibrary.SetDllImportResolver(
        typeof(PeerLibrary).Assembly, static (name, _, _) => Known.TryGetValue(name, out var library) ? library._loaded.Value.Handle : 0);

    /// <summary>A library.</summary>
    /// <param name="name">What imports call it.</param>
    /// <param name="files">Where it may be, the best first.</param>
    public PeerLibrary(string name, Func<IEnumerable<string>> files)
    {
        _loaded = new(() => Load(files()));
        Known[name] = this;
    }

    /// <summary>Whether there is one.</summary>
    public bool IsPresent => _loaded.Value.Handle != 0;

    /// <summary>The file found; null if none was.</summary>
    public string? File => _loaded.Value.File;

    /// <summary>The address of a function; 0 if there is none.</summary>
    public nint Find(string function) => IsPresent && NativeLibrary.TryGetExport(_loaded.Value.Handle, function, out var address) ? address : 0;

    private static (nint Handle, string? File) Load(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            if (NativeLibrary.TryLoad(file, Assembly.GetExecutingAssembly(), null, out var handle))
            {
                return (handle, file);
            }
        }

        return (0, null);
    }
}
