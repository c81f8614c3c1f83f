using System.Text;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// Questions with exact answers: documents separated by lines with a form feed, each with a question and, from the last line that begins
/// with "Answer:", its answer.
/// </summary>
internal static class ExactReader
{
    private const string Answer = "\nAnswer:";

    /// <exception cref="ComparisonException">The text is not in this format.</exception>
    public static TaskItem[] Read(string file, byte[] content, int? most)
    {
        TaskItem[] all = [.. Items(file, Text(file, content))];
        // Texts are ordered by kind of question: the first ones would all be of one kind.
        int count = Math.Min(most ?? all.Length, all.Length);
        return [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];
    }

    private static IEnumerable<TaskItem> Items(string file, string text)
    {
        foreach ((int index, string document) in text.Split("\n\f\n").Index())
        {
            string trimmed = document.Trim('\n', '\uFEFF');
            if (trimmed.Length == 0)
                continue;

            int at = trimmed.LastIndexOf(Answer, StringComparison.Ordinal);
            string answer = at < 0 ? "" : trimmed[(at + Answer.Length)..].Trim();
            if (answer.Length == 0)
                throw new ComparisonException($"{file}: document {index + 1}: expected a question and a line that begins with 'Answer:' and has an answer. Documents are separated by a line with a form feed.");

            yield return new(trimmed[..(at + Answer.Length)], [], answer);
        }
    }

    private static string Text(string file, byte[] content)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content).Replace("\r\n", "\n");
        }
        catch (DecoderFallbackException fault)
        {
            throw new ComparisonException($"{file}: expected UTF-8, got something else at offset {fault.Index}.");
        }
    }
}
