using System.Text.Json;

namespace Spud.Plugins;

/// <summary>The assemblies of .NET itself: the only part of the host, apart from the contract, that a plugin sees.</summary>
internal static class FrameworkAssemblies
{
    private static readonly Lazy<HashSet<string>> s_names = new(Find);
    private static readonly Lazy<HashSet<string>> s_hostNames = new(() =>
        new(Listed("TRUSTED_PLATFORM_ASSEMBLIES").Select(path => Path.GetFileNameWithoutExtension(path)), StringComparer.OrdinalIgnoreCase));

    public static IReadOnlyCollection<string> Names => s_names.Value;

    public static bool Contains(string name) => s_names.Value.Contains(name);

    /// <summary>Whether the host would supply an assembly that is not one of these.</summary>
    public static bool HostHas(string name) => s_hostNames.Value.Contains(name);

    /// <summary>Names of the assemblies that a self-contained program takes from the runtime, according to its <c>.deps.json</c>.</summary>
    public static IEnumerable<string> OfDependencies(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty target in document.RootElement.GetProperty("targets").EnumerateObject())
        {
            foreach (JsonProperty library in target.Value.EnumerateObject())
            {
                if (!library.Name.StartsWith("runtimepack.", StringComparison.Ordinal) || !library.Value.TryGetProperty("runtime", out JsonElement files))
                    continue;
                foreach (JsonProperty file in files.EnumerateObject())
                    yield return Path.GetFileNameWithoutExtension(file.Name);
            }
        }
    }

    // The trusted assemblies include the frameworks' and the host's own. The frameworks' are below one root, as dotnet/shared/NAME/VERSION/*.dll,
    // unless the program is self-contained: then all are in its folder, and only its dependency file distinguishes them.
    private static HashSet<string> Find()
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase) { typeof(object).Assembly.GetName().Name! };
        string runtime = Path.TrimEndingDirectorySeparator(Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "");
        if (runtime.Length == 0 || runtime == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))
        {
            names.UnionWith(Listed("APP_CONTEXT_DEPS_FILES").Where(File.Exists).SelectMany(file => OfDependencies(File.ReadAllText(file))));
            return names;
        }

        string root = Path.GetFullPath(Path.Combine(runtime, "..", "..")) + Path.DirectorySeparatorChar;
        foreach (string path in Listed("TRUSTED_PLATFORM_ASSEMBLIES"))
        {
            if (path.StartsWith(root, StringComparison.Ordinal))
                names.Add(Path.GetFileNameWithoutExtension(path));
        }

        return names;
    }

    private static string[] Listed(string property) =>
        (AppContext.GetData(property) as string ?? "").Split(property == "APP_CONTEXT_DEPS_FILES" ? ';' : Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
