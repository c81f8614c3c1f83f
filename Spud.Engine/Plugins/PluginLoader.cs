using System.Collections.Immutable;
using System.Reflection;

namespace Spud.Plugins;

/// <summary>The result of loading a plugin.</summary>
/// <param name="Code">Its assemblies.</param>
/// <param name="Components">The registered components: exactly those offered in its manifest.</param>
internal sealed record LoadedPlugin(PluginCode Code, ImmutableArray<RegisteredComponent> Components);

/// <summary>The steps after discovery: load, probe, register. Any failure of the plugin ends as a <see cref="PluginException"/>.</summary>
internal static class PluginLoader
{
    /// <param name="folder">The plugin's folder, for its components.</param>
    /// <param name="codeFolder">The folder from which its files are loaded: the same, or a copy.</param>
    /// <param name="manifest">The manifest, compatible with the host.</param>
    /// <param name="options">Settings of the catalog.</param>
    /// <exception cref="PluginException">A step failed.</exception>
    public static LoadedPlugin Load(string folder, string codeFolder, PluginManifest manifest, PluginCatalogOptions options)
    {
        bool probesInChild = manifest.ProbeMayCrash && !options.ProbesInProcess;
        if (probesInChild)
            ProbeProcess.Run(codeFolder, options);
        PluginCode code = Open(codeFolder, manifest, options.Reloadable);
        try
        {
            ISpudPlugin plugin = Create(code, manifest, options.CallTimeout);
            if (!probesInChild)
                PluginProbe.Run(plugin, manifest, options.CallTimeout);
            return new LoadedPlugin(code, Register(plugin, folder, manifest, options.CallTimeout));
        }
        catch (PluginException) when (options.Reloadable)
        {
            code.Dispose();
            throw;
        }
    }

    /// <summary>Loads and probes in this process, without a copy of the folder and without registering.</summary>
    /// <exception cref="PluginException">A step failed.</exception>
    public static void Probe(string folder, PluginManifest manifest, TimeSpan timeout) =>
        PluginProbe.Run(Create(Open(folder, manifest, collectible: false), manifest, timeout), manifest, timeout);

    private static PluginCode Open(string folder, PluginManifest manifest, bool collectible)
    {
        string entry = Path.Combine(folder, manifest.EntryAssembly);
        PluginCode code;
        try
        {
            code = new PluginCode(entry, collectible);
        }
        catch (InvalidOperationException unresolvable)
        {
            throw new PluginException(
                PluginState.Faulty,
                $"the dependencies of {manifest.EntryAssembly} cannot be resolved: {Path.ChangeExtension(manifest.EntryAssembly, ".deps.json")} is damaged or does not fit. Build the plugin again.",
                unresolvable);
        }

        EntryAssembly.Check(entry, code);
        string[] absent = [.. manifest.NativeLibraries.Where(library => !code.FindsNative(library) && !NativeFiles.IsOnSystem(library))];
        if (absent.Length > 0)
        {
            throw new PluginException(
                PluginState.Unavailable,
                $"native library missing: {string.Join(", ", absent)}. Looked in {NativeFiles.Searched(folder)} and where the system looks. "
                + (manifest.Setup is { } setup ? $"Run: {setup}" : "Install it, or copy it into one of these folders."));
        }

        return code;
    }

    private static ISpudPlugin Create(PluginCode code, PluginManifest manifest, TimeSpan timeout)
    {
        Type type = EntryType(code, manifest);
        return PluginCall.Run($"the constructor of {manifest.EntryType}", timeout, () => (ISpudPlugin)Activator.CreateInstance(
            type, BindingFlags.DoNotWrapExceptions | BindingFlags.Public | BindingFlags.Instance, binder: null, args: null, culture: null)!);
    }

    private static Type EntryType(PluginCode code, PluginManifest manifest)
    {
        Type? type;
        try
        {
            type = code.LoadEntry().GetType(manifest.EntryType);
        }
        catch (Exception thrown)
        {
            throw PluginException.Threw($"loading {manifest.EntryType} from {manifest.EntryAssembly}", thrown);
        }

        string? refusal = type switch
        {
            null => $"{manifest.EntryAssembly} contains no type '{manifest.EntryType}'. Correct entryType in {PluginManifest.FileName}.",
            { IsClass: false } or { IsAbstract: true } or { ContainsGenericParameters: true } => $"{manifest.EntryType} cannot be instantiated. Name a class that is neither abstract nor generic.",
            _ when !type.IsAssignableTo(typeof(ISpudPlugin)) => $"{manifest.EntryType} does not implement {nameof(ISpudPlugin)}. Name the class that does.",
            _ when type.GetConstructor(Type.EmptyTypes) is null => $"{manifest.EntryType} has no public constructor without parameters. Add one.",
            _ => null,
        };
        return refusal is null ? type! : throw new PluginException(PluginState.Faulty, refusal);
    }

    private static ImmutableArray<RegisteredComponent> Register(ISpudPlugin plugin, string folder, PluginManifest manifest, TimeSpan timeout)
    {
        PluginRegistry registry = new(folder, manifest);
        PluginCall.Run($"{manifest.EntryType}.Register", timeout, () =>
        {
            plugin.Register(registry);
            return registry;
        });
        return registry.Close();
    }
}
