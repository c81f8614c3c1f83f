using System.Text;

namespace Spud.Host;

/// <summary>Sentences, wrapped between words for a terminal of 80 columns.</summary>
internal static class WrappedText
{
    private const int Width = 80;

    /// <summary>Writes a text of one or more lines.</summary>
    /// <param name="to">The writer.</param>
    /// <param name="text">The text; shortened if it is too long, since it may quote a foreign file.</param>
    /// <param name="indent">Columns before each line.</param>
    /// <param name="first">Text in the indent of the first line, as wide as the indent; null for none.</param>
    public static void Write(TextWriter to, string text, int indent, string? first = null)
    {
        string before = first ?? new string(' ', indent);
        foreach (string paragraph in SafeText.Cut(text).Split('\n'))
        {
            StringBuilder line = new();
            foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && indent + line.Length + 1 + word.Length > Width)
                    Flush(line);

                line.Append(line.Length > 0 ? " " : "").Append(word);
            }

            Flush(line);
        }

        void Flush(StringBuilder line)
        {
            to.Write(before);
            to.WriteLine(line);
            before = new string(' ', indent);
            line.Clear();
        }
    }
}
