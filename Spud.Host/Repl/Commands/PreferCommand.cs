using Spud.Configuration;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/prefer</c>.</summary>
internal static class PreferCommand
{
    public static SessionCommand Command { get; } = new("prefer")
    {
        Arguments = "[latency | compute | fixed | off]",
        Group = CommandGroup.Budget,
        Help = "Choose lengths of drafts for speed, or for few rejected rows, or take the drafter's maximum.",
        Run = static (session, arguments, _) => Run(session, arguments),
        Complete = static (_, _) => ["latency", "compute", "fixed", "off"],
    };

    private static void Run(Session session, string arguments)
    {
        if (arguments == "off")
            session.Settings = session.Settings with { Prefer = null };
        else if (Enum.GetNames<DraftPreference>().Contains(arguments, StringComparer.OrdinalIgnoreCase))
            session.Settings = session.Settings with { Prefer = Enum.Parse<DraftPreference>(arguments, ignoreCase: true) };
        else if (arguments.Length > 0)
            throw new BadInputException($"/prefer: expected latency, compute, fixed or off, got '{arguments}'.");

        session.Say(session.Settings.Prefer is { } prefer ? $"Lengths of drafts are chosen for: {Figures.Name(prefer)}." : "Lengths of drafts are chosen as the pipeline says.");
    }
}
