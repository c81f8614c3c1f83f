namespace Spud;

/// <summary>The entry class of a plugin: its only public class, with a public parameterless constructor.</summary>
public interface ISpudPlugin
{
    /// <summary>Returns why the plugin cannot run on this machine and what to install; null: it can.</summary>
    string? Probe() => null;

    /// <summary>Registers exactly the components that the manifest lists.</summary>
    void Register(IPluginRegistry registry);
}
