using System.Globalization;
using System.Text;

namespace Spud.Models;

/// <summary>A model file cannot be used. The message is one line: file, location, expected, actual, and what to do.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>Creates an exception; control characters in the message, which a damaged file may contain, are shown as \u escapes.</summary>
    public ModelFileException(string message, Exception? inner = null)
        : base(OneLine(message), inner)
    {
    }

    /// <summary>A name from a file, in quotes and truncated to a length suitable for a message.</summary>
    internal static string Quote(string name) => name.Length <= 80 ? $"'{name}'" : $"'{name[..80]}…'";

    private static string OneLine(string message)
    {
        if (!message.Any(char.IsControl))
            return message;

        StringBuilder line = new(message.Length + 16);
        foreach (char c in message)
            _ = char.IsControl(c) ? line.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)) : line.Append(c);
        return line.ToString();
    }
}
