using Spud.Text.ChatTemplates;

namespace Spud.Bench.Drafts;

/// <summary>Questions made of the repository's own files, the same on every machine: some whose answers repeat what was given, some whose do not.</summary>
internal static class PromptSet
{
    private static readonly string[] s_subjects = ["a lighthouse", "the sea", "a train in winter", "bread", "an old clock", "the moon", "a garden", "two brothers", "a market", "rain", "a violin", "the desert"];
    private static readonly string[] s_exercises =
    [
        "Anna has {0} apples and buys {1} more. She gives {2} to her brother. How many apples does she have now? Think step by step.",
        "A train travels {0} kilometres in the first hour, {1} in the second and {2} in the third. How far is that in all? Explain your answer.",
        "What is {0} + {1} - {2}? Show each step.",
        "A box has {0} red, {1} blue and {2} green balls. Which colour is most frequent, and how many balls are there? Think step by step.",
    ];

    private static readonly string[] s_forms = ["Write a short story about {0}.", "Explain to a child what is interesting about {0}.", "Write a letter to a friend about {0}.", "What should a traveller know about {0}?"];

    /// <summary>Kinds in turn: an edit of code, a quotation of a text, a free text, an exercise.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="count">Number of questions.</param>
    public static IEnumerable<(string Kind, ChatMessage Question)> Of(string root, int count)
    {
        string[] code = [.. Pieces(root, "Spud.Engine", "*.cs", "    public ", 700)], texts = [.. Pieces(root, "docs", "*.md", "\n\n", 700)];
        for (int i = 0; i < count; i++)
        {
            int number = i / 4;
            yield return (i % 4) switch
            {
                0 => ("edit", User($"Write this C# code again, with one more comment:\n\n```csharp\n{code[number % code.Length]}\n```")),
                1 => ("quote", User($"{texts[number % texts.Length]}\n\nRepeat this text word for word.")),
                2 => ("free", User(string.Format(System.Globalization.CultureInfo.InvariantCulture, s_forms[number / s_subjects.Length % s_forms.Length], s_subjects[number % s_subjects.Length]) + (number / 48 is > 0 and int more ? $" Begin with the number {more}." : ""))),
                _ => ("reason", User(string.Format(System.Globalization.CultureInfo.InvariantCulture, s_exercises[number % s_exercises.Length], 20 + number % 37, 15 + number % 23, 3 + number % 11))),
            };
        }
    }

    private static ChatMessage User(string text) => new("user", text);

    private static IEnumerable<string> Pieces(string root, string folder, string pattern, string border, int length)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(root, folder), pattern, SearchOption.AllDirectories).Where(static file => !file.Contains("/obj/") && !file.Contains("/bin/")).Order(StringComparer.Ordinal))
        {
            string text = File.ReadAllText(file);
            for (int at = text.IndexOf(border, StringComparison.Ordinal); at >= 0 && at + length < text.Length; at = text.IndexOf(border, at + length, StringComparison.Ordinal))
                yield return text.Substring(at, length).Trim();
        }
    }
}
