using System.Buffers;
using System.Text;

namespace Spud.Host;

/// <summary>
/// Text that Spud did not write, made safe for a terminal. Names in model files, plugins' exceptions and generated text may hold escape
/// sequences that move the cursor or forge output, and bidirectional overrides that reorder what a person reads.
/// </summary>
internal static class SafeText
{
    /// <summary>Longest message, in characters.</summary>
    public const int MaxLength = 1_000;

    private const string Ellipsis = " […] ";

    // No control character and no override lies above the last of these.
    private static readonly SearchValues<char> s_unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, '\u2069' + 1).Select(code => (char)code).Where(c => c is not ('\n' or '\t') && (char.IsControl(c) || IsBidirectionalOverride(c) || c is '\u2028' or '\u2029'))]);

    /// <summary>Writes text with every unsafe character as an escape such as \u001b. In a JSON string that escape means the same character.</summary>
    public static void Write(TextWriter to, ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(s_unsafe) is >= 0 and int at)
        {
            // A carriage return that only ends a line overwrites nothing.
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

    /// <summary>Safe text of one line, no longer than a limit: what is too long loses its middle, because the advice is at the end.</summary>
    public static string Line(string text, int maxLength = MaxLength)
    {
        StringWriter safe = new();
        Write(safe, Cut(text, maxLength));
        return safe.GetStringBuilder().Replace('\n', ' ').ToString();
    }

    /// <summary>Safe text, uncut, with its line breaks.</summary>
    public static string Of(string text)
    {
        StringWriter safe = new();
        Write(safe, text);
        return safe.ToString();
    }

    /// <summary>Cuts the middle out of text that is too long.</summary>
    public static string Cut(string text, int maxLength = MaxLength)
    {
        if (text.Length <= maxLength)
            return text;

        int tail = maxLength / 4, head = maxLength - tail - Ellipsis.Length;
        return string.Concat(text.AsSpan(0, head), Ellipsis, text.AsSpan(text.Length - tail));
    }

    private static bool IsBidirectionalOverride(char c) => c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';
}

/// <summary>Passes text on with unsafe characters escaped.</summary>
/// <param name="inner">Gets it.</param>
internal sealed class SafeWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => SafeText.Write(inner, [value]);

    public override void Write(string? value) => SafeText.Write(inner, value);

    public override void Write(char[] buffer, int index, int count) => SafeText.Write(inner, buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => SafeText.Write(inner, buffer);

    public override void Flush() => inner.Flush();
}
