namespace Spud;

/// <summary>The one public class of a plugin; it has a public parameterless constructor.</summary>
public interface ISpudPlugin
{
    /// <summary>Why it cannot run here and what to install; null if it can.</summary>
    string? Probe() => null;

    /// <summary>Registers exactly the components that the manifest lists.</summary>
    void Register(IPluginRegistry registry);
}
