using System.Buffers;
using System.Text;

namespace Spud.Host;

/// <summary>
/// Makes text that Spud did not write safe for a terminal. Names in model files, plugins' exceptions and generated text may contain escape
/// sequences that move the cursor or forge output, and bidirectional overrides that reorder what a person reads.
/// </summary>
internal static class SafeText
{
    /// <summary>Maximum length of a message, in characters.</summary>
    public const int MaxLength = 1_000;

    private const string Ellipsis = " […] ";

    // There are no control characters or overrides above the last of these.
    private static readonly SearchValues<char> s_unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, '\u2069' + 1).Select(code => (char)code).Where(c => c is not ('\n' or '\t') && (char.IsControl(c) || IsBidirectionalOverride(c) || c is '\u2028' or '\u2029'))]);

    /// <summary>Writes text with every unsafe character escaped, as in \u001b. In a JSON string this escape denotes the same character.</summary>
    public static void Write(TextWriter to, ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(s_unsafe) is >= 0 and int at)
        {
            // A carriage return that only ends a line does not overwrite anything.
            bool endsLine = text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n';
            to.Write(text[..at]);
            if (endsLine)
                to.Write('\r');
            else
                to.Write($"\\u{(int)text[at]:x4}");

            text = text[(at + 1)..];
        }

        to.Write(text);
    }

    /// <summary>Safe text on one line, limited in length: text that is too long is cut in the middle, because the advice is at the end.</summary>
    public static string Line(string text, int maxLength = MaxLength)
    {
        StringWriter safe = new();
        Write(safe, Cut(text, maxLength));
        return safe.GetStringBuilder().Replace('\n', ' ').ToString();
    }

    /// <summary>Safe text, not shortened, with its line breaks.</summary>
    public static string Of(string text)
    {
        StringWriter safe = new();
        Write(safe, text);
        return safe.ToString();
    }

    /// <summary>Removes the middle of text that is too long.</summary>
    public static string Cut(string text, int maxLength = MaxLength)
    {
        if (text.Length <= maxLength)
            return text;

        int tail = maxLength / 4, head = maxLength - tail - Ellipsis.Length;
        return string.Concat(text.AsSpan(0, head), Ellipsis, text.AsSpan(text.Length - tail));
    }

    private static bool IsBidirectionalOverride(char c) => c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';
}

/// <summary>Forwards text with unsafe characters escaped.</summary>
/// <param name="inner">Receives the text.</param>
internal sealed class SafeWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => SafeText.Write(inner, [value]);

    public override void Write(string? value) => SafeText.Write(inner, value);

    public override void Write(char[] buffer, int index, int count) => SafeText.Write(inner, buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => SafeText.Write(inner, buffer);

    public override void Flush() => inner.Flush();
}
