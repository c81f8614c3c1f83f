using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Spud.Plugins;

/// <summary>Reads an entry assembly as data, so that what it lacks is reported before any of its code runs.</summary>
internal static class EntryAssembly
{
    private static readonly Lazy<ContractIndex> s_contract = new(() => new ContractIndex());
    private static readonly Lock s_indexing = new();

    /// <exception cref="PluginException">A member of the contract or an assembly is missing, or the file is not an assembly.</exception>
    public static void Check(string path, PluginCode code)
    {
        HashSet<string> seen = [path];
        Queue<string> unread = new([path]);
        while (unread.TryDequeue(out string? next))
        {
            foreach (string reference in Check(next, isEntry: next == path, code))
            {
                if (seen.Add(reference))
                    unread.Enqueue(reference);
            }
        }
    }

    /// <summary>Checks one assembly of the plugin's folder; returns the paths of its references in that folder.</summary>
    private static List<string> Check(string path, bool isEntry, PluginCode code)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using PEReader image = new(file, PEStreamOptions.PrefetchMetadata);
            MetadataReader reader = image.GetMetadataReader();
            List<string> references = CheckAssemblies(reader, Path.GetFileName(path), isEntry, code);
            lock (s_indexing)
                CheckContract(reader);

            return references;
        }
        catch (Exception unreadable) when (unreadable is BadImageFormatException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new PluginException(PluginState.Faulty, $"{Path.GetFileName(path)} cannot be read as a .NET assembly ({PluginException.Describe(unreadable)}) Build the plugin again.", unreadable);
        }
    }

    private static void CheckContract(MetadataReader reader)
    {
        string[] missing = ContractReferences.Missing(reader, s_contract.Value);
        if (missing.Length > 0)
        {
            throw new PluginException(
                PluginState.Incompatible,
                $"contract member missing: {string.Join("; ", missing)}. It was built against another {PluginCode.ContractName} than this host's "
                + $"{ContractVersion.Major}.{ContractVersion.Minor}. Build it against that one, or run it with the host that it was built for.");
        }
    }

    // A library may refer to assemblies it never uses, so one found nowhere is missing only if the entry assembly refers to it. One that only the
    // host has is missing for both: the plugin would run on the host's copy until the host changes.
    private static List<string> CheckAssemblies(MetadataReader reader, string file, bool isEntry, PluginCode code)
    {
        List<string> found = [], missing = [];
        foreach (AssemblyReferenceHandle handle in reader.AssemblyReferences)
        {
            AssemblyName name = reader.GetAssemblyReference(handle).GetAssemblyName();
            if (name.Name == PluginCode.ContractName)
                CheckContractVersion(name);
            else if (name.Name == "System.Runtime" && name.Version?.Major > Environment.Version.Major)
                throw new PluginException(PluginState.Incompatible, $"built for .NET {name.Version.Major}, this host runs on {Environment.Version.Major}. Update Spud, or build the plugin for .NET {Environment.Version.Major}.");
            else if (FrameworkAssemblies.Contains(name.Name!))
                continue;
            else if (code.PathOf(name) is { } path)
                found.Add(path);
            else if (isEntry || FrameworkAssemblies.HostHas(name.Name!))
                missing.Add($"{name.Name} {name.Version}");
        }

        if (missing.Count > 0)
        {
            throw new PluginException(
                PluginState.Faulty,
                $"dependency missing: {string.Join(", ", missing)}{(isEntry ? "" : $" (of {file})")}. A plugin sees {PluginCode.ContractName}, .NET {Environment.Version.ToString(2)} and its own folder, "
                + "nothing else of the host. Copy the assembly into the folder (a project with EnableDynamicLoading does so when it is built).");
        }

        return found;
    }

    private static void CheckContractVersion(AssemblyName wanted)
    {
        Version? got = typeof(ISpudPlugin).Assembly.GetName().Version;
        if (wanted.Version > got)
            throw new PluginException(PluginState.Incompatible, $"built against {PluginCode.ContractName} {wanted.Version}, this host has {got}. Update Spud, or get an older version of the plugin.");
    }
}
