using Spud.Plugins;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/plugins</c>.</summary>
internal static class PluginsCommand
{
    public static SessionCommand Command { get; } = new("plugins")
    {
        Group = CommandGroup.Pipeline,
        Help = "List the plugins: which work, which do not, and what to do.",
        Run = static (session, _, _) =>
        {
            StringWriter text = new();
            foreach (PluginStatus status in session.PluginStatuses)
                PluginText.Write(text, status);

            session.Say($"{text}".TrimEnd());
        },
    };
}
