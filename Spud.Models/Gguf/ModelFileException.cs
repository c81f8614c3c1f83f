using System.Globalization;
using System.Text;

namespace Spud.Models;

/// <summary>A model file cannot be used. The message is one line: file, place, expected, got, and what to do.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>A fault with its message; control characters, which a damaged file may have put there, are shown as \u escapes.</summary>
    public ModelFileException(string message, Exception? inner = null)
        : base(OneLine(message), inner)
    {
    }

    /// <summary>A name out of a file, in quotes and cut to a length that a message bears.</summary>
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
