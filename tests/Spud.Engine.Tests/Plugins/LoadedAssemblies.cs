using System.Runtime.Loader;

namespace Spud.Tests.Plugins;

/// <summary>What this process has loaded.</summary>
internal static class LoadedAssemblies
{
    /// <summary>File names of the assemblies loaded from a folder, ordered.</summary>
    public static string[] Below(string folder) =>
    [
        .. AssemblyLoadContext.All
            .SelectMany(context => context.Assemblies)
            .Where(assembly => !assembly.IsDynamic && assembly.Location.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .Select(assembly => Path.GetFileName(assembly.Location))
            .Order(StringComparer.Ordinal),
    ];
}
