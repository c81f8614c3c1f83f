using Spud;

namespace TemplateSpace;

/// <summary>The plugin: one public class that registers what the manifest lists.</summary>
public sealed class ShortestSchedulerPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) =>
        registry.AddScheduler("shortest", ShortestSchedulerJson.Default.ShortestSchedulerOptions, static options => new ShortestScheduler(options));
}
