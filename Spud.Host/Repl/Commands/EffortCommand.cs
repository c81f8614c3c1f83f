using System.Globalization;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/effort</c>.</summary>
internal static class EffortCommand
{
    public static SessionCommand Command { get; } = new("effort")
    {
        Arguments = "[0…1 | off]",
        Group = CommandGroup.Budget,
        Help = "Say how much compute an answer is worth: routers that can choose take fewer experts.",
        Run = static (session, arguments, _) => Run(session, arguments),
    };

    private static void Run(Session session, string arguments)
    {
        string change = "";
        if (arguments == "off")
            change = session.SetEffort(null);
        else if (float.TryParse(arguments, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value is >= 0 and <= 1)
            change = session.SetEffort(value);
        else if (arguments.Length > 0)
            throw new BadInputException($"/effort: expected a number from 0 to 1, or 'off', got '{arguments}'.");

        session.Say((session.Settings.Effort is { } effort ? string.Create(CultureInfo.InvariantCulture, $"Effort {effort}.") : "Effort as the pipeline says.") + change);
    }
}
