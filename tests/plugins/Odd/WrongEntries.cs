using Spud;

namespace Odd;

/// <summary>Implements nothing.</summary>
public sealed class NoPlugin;

/// <summary>Cannot be created.</summary>
public abstract class AbstractPlugin : ISpudPlugin
{
    public abstract void Register(IPluginRegistry registry);
}

/// <summary>Wants an argument.</summary>
public sealed class NeedyPlugin(string need) : ISpudPlugin
{
    public string Need => need;

    public void Register(IPluginRegistry registry)
    {
    }
}
