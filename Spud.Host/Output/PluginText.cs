using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>A plugin's status as text and as JSON.</summary>
internal static class PluginText
{
    public static void Write(TextWriter to, PluginStatus status)
    {
        to.WriteLine($"{Title(status)}: {Name(status.State)}");
        if (status.Reason is not null)
            WrappedText.Write(to, status.Reason, indent: 2);
        foreach (string note in status.Notes)
            WrappedText.Write(to, $"note: {note}", indent: 2);
        if (status.Components.Count > 0)
            WrappedText.Write(to, string.Join(", ", Components(status).SelectMany(role => role.Value.Select(name => $"{role.Key} '{name}'"))), indent: 2);

        to.WriteLine($"  {status.Folder}");
    }

    public static PluginResult Result(PluginStatus status) =>
        new(status.Id, status.Version, Name(status.State), status.Reason, [.. status.Notes], Components(status), status.Folder);

    /// <summary>"router.best 0.1.0".</summary>
    public static string Title(PluginStatus status) => $"{status.Id}{(status.Version is null ? "" : $" {status.Version}")}";

    /// <summary>"active".</summary>
    public static string Name(PluginState state) => state.ToString().ToLowerInvariant();

    private static SortedDictionary<string, string[]> Components(PluginStatus status) =>
        new(status.Components.ToDictionary(role => role.Key, role => role.Value.ToArray()), Comparer<string>.Create((a, b) => Roles.All.IndexOf(a).CompareTo(Roles.All.IndexOf(b))));
}
