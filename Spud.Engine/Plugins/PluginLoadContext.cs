using System.Reflection;
using System.Runtime.Loader;

namespace Spud.Plugins;

/// <summary>
/// One per plugin. The contract is the host's whatever the folder holds (two copies would be two sets of types), .NET's assemblies are
/// .NET's, everything else comes from the plugin's folder. Nothing else of the host can be reached.
/// </summary>
/// <param name="plugin">The plugin's id, for messages.</param>
/// <param name="entryAssembly">Full path.</param>
/// <param name="collectible">Whether it can be unloaded.</param>
internal sealed class PluginLoadContext(string plugin, string entryAssembly, bool collectible) : AssemblyLoadContext($"plugin {plugin}", collectible)
{
    private static readonly Assembly s_contract = typeof(ISpudPlugin).Assembly;
    private readonly AssemblyDependencyResolver _resolver = new(entryAssembly);
    private readonly string _folder = Path.GetDirectoryName(entryAssembly)!;

    /// <summary>The contract's simple name.</summary>
    public static string ContractName { get; } = s_contract.GetName().Name!;

    public Assembly LoadEntry() => LoadFromAssemblyPath(entryAssembly);

    /// <summary>Whether an assembly that is neither the contract nor .NET's lies in the plugin's folder.</summary>
    public bool Finds(AssemblyName name) => PathOf(name) is not null;

    /// <summary>Whether a native library lies in the plugin's folder.</summary>
    public bool FindsNative(string name) => NativePathOf(name) is not null;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == ContractName)
            return s_contract;
        if (FrameworkAssemblies.Contains(assemblyName.Name!))
            return null; // .NET's own context has it
        if (PathOf(assemblyName) is { } path)
            return LoadFromAssemblyPath(path);
        if (!string.IsNullOrEmpty(assemblyName.CultureName))
            return null; // a translation that nobody made
        throw new FileNotFoundException($"Assembly '{assemblyName}' is neither in the folder of plugin '{plugin}' nor a part of .NET, and of the host a plugin sees nothing but {ContractName}.");
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        NativePathOf(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0; // 0: the system's loader goes on

    private string? PathOf(AssemblyName name)
    {
        if (_resolver.ResolveAssemblyToPath(name) is { } path)
            return path;
        string beside = Path.Combine(_folder, name.CultureName ?? "", name.Name + ".dll");
        return File.Exists(beside) ? beside : null;
    }

    private string? NativePathOf(string name) => _resolver.ResolveUnmanagedDllToPath(name) ?? NativeFiles.Find(_folder, name);
}
