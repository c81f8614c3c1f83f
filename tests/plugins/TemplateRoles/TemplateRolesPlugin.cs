using Spud;
using TemplateSpace;

namespace TemplateRoles;

/// <summary>What the templates of all roles register.</summary>
public sealed class TemplateRolesPlugin : ISpudPlugin
{
    public void Register(IPluginRegistry registry)
    {
        foreach (ISpudPlugin plugin in new ISpudPlugin[] { new PlainHeadPlugin(), new PlainAttentionPlugin(), new RecentCachePlugin(), new PlainExpertsPlugin(), new ShortestSchedulerPlugin() })
            plugin.Register(registry);
    }
}
