using Spud.Plugins;

namespace Spud.Host;

/// <summary>Components of a plugin whose names another plugin already offers: a pipeline must then qualify them with the plugin's id.</summary>
internal static class ComponentClash
{
    /// <summary>The status, with a note for each name that an installed plugin also offers.</summary>
    public static PluginStatus Noted(PluginStatus status)
    {
        using PluginCatalog installed = PluginCatalog.Discover(Places.PluginFolders([]));
        PluginStatus[] others = [.. installed.Statuses.Where(other => other.Id != status.Id)];
        IEnumerable<string> notes =
            from role in status.Components
            from name in role.Value
            from other in others
            where other.Components.TryGetValue(role.Key, out var offered) && offered.Contains(name)
            select $"offers {role.Key} '{name}', and so does {other.Id}: a pipeline writes '{status.Id}/{name}' or '{other.Id}/{name}'. A unique name is better.";
        return status with { Notes = [.. status.Notes, .. notes] };
    }
}
