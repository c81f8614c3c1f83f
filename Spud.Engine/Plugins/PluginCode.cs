using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins;

namespace Spud.Plugins;

/// <summary>
/// A plugin's assemblies, in their own load context. The contract and .NET's assemblies are the host's regardless of the folder's contents (two
/// copies would be two sets of types); everything else comes from the plugin's folder. The load context itself would take assemblies missing in the
/// folder from the host: <see cref="EntryAssembly"/> rejects such references before any code runs.
/// </summary>
internal sealed class PluginCode : IDisposable
{
    private readonly McMaster.NETCore.Plugins.PluginLoader _loader;
    private readonly AssemblyDependencyResolver _resolver;
    private readonly string _folder;

    /// <param name="entryAssembly">Full path of the entry assembly.</param>
    /// <param name="collectible">Whether the code can be unloaded.</param>
    /// <exception cref="InvalidOperationException">The dependency file is damaged.</exception>
    public PluginCode(string entryAssembly, bool collectible)
    {
        _folder = Path.GetDirectoryName(entryAssembly)!;
        _resolver = new(entryAssembly);
        PluginConfig config = new(entryAssembly)
        {
            PreferSharedTypes = false,
            IsLazyLoaded = true, // otherwise all assemblies referenced by a shared one would be loaded now
            IsUnloadable = collectible,
            SharedAssemblies = { typeof(ISpudPlugin).Assembly.GetName() },
        };

        // The loader loads shared assemblies at once, so of .NET's only those are listed of which the folder has a copy.
        foreach (string name in FrameworkAssemblies.Names.Where(name => PathOf(new AssemblyName(name)) is not null))
            config.SharedAssemblies.Add(new AssemblyName(name));

        _loader = new(config);
        string folder = _folder; // the handler only captures the folder's name
        _loader.LoadContext.ResolvingUnmanagedDll += (_, name) => NativeFiles.Find(folder, name) is { } path ? NativeLibrary.Load(path) : 0;
    }

    /// <summary>The contract's simple name.</summary>
    public static string ContractName { get; } = typeof(ISpudPlugin).Assembly.GetName().Name!;

    public Assembly LoadEntry() => _loader.LoadDefaultAssembly();

    /// <summary>Path in the plugin's folder of an assembly that is neither the contract nor .NET's; null if it is not there.</summary>
    public string? PathOf(AssemblyName name)
    {
        if (_resolver.ResolveAssemblyToPath(name) is { } path)
            return path;

        string file = Path.Combine(_folder, name.CultureName ?? "", name.Name + ".dll");
        return File.Exists(file) ? file : null;
    }

    /// <summary>Whether a native library is in the plugin's folder.</summary>
    public bool FindsNative(string name) => (_resolver.ResolveUnmanagedDllToPath(name) ?? NativeFiles.Find(_folder, name)) is not null;

    /// <summary>Unloads the code, if it is collectible.</summary>
    public void Dispose() => _loader.Dispose();
}
