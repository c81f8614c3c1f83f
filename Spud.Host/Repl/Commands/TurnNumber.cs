using System.Globalization;

namespace Spud.Host.Repl.Commands;

/// <summary>Parses the number of a turn in a command's arguments.</summary>
internal static class TurnNumber
{
    /// <summary>The number, where the arguments hold nothing else.</summary>
    /// <param name="arguments">Arguments of the command.</param>
    /// <param name="command">Its name, for the message.</param>
    /// <param name="usual">The default, if there are no arguments.</param>
    /// <exception cref="BadInputException">It is not a number.</exception>
    public static int Of(string arguments, string command, int usual) => Before(arguments, command, usual) is (int number, "") ? number
        : throw new BadInputException($"{command}: expected the number of a turn, got '{arguments}'.");

    /// <summary>The number that a command's arguments begin with, and what follows it.</summary>
    /// <inheritdoc cref="Of" path="/param|/exception"/>
    public static (int Number, string Text) Before(string arguments, string command, int usual)
    {
        if (arguments.Length == 0)
            return (usual, "");

        int end = arguments.AsSpan().IndexOfAny(" \t\r\n");
        string word = end < 0 ? arguments : arguments[..end];
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? (number, end < 0 ? "" : arguments[end..].Trim())
            : throw new BadInputException($"{command}: expected the number of a turn, got '{word}'.");
    }
}
