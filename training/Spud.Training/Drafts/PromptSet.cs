namespace Spud.Training.Drafts;

/// <summary>Questions about windows of texts and of code, and exercises, in turns; the same for the same seed.</summary>
internal sealed class PromptSet
{
    private const int MaxCharacters = 1800, MinCharacters = 100;

    private static readonly string[][] s_templates =
    [
        [
            "Explain what this code does:\n\n```python\n{0}\n```", "Add comments to this code:\n\n```python\n{0}\n```", "Continue this code:\n\n```python\n{0}\n```",
            "Find possible bugs in this code:\n\n```python\n{0}\n```", "Rewrite this code so that it is easier to read:\n\n```python\n{0}\n```", "Write a test for this code:\n\n```python\n{0}\n```",
        ],
        [
            "Summarize this passage:\n\n{0}", "Continue this text:\n\n{0}", "What is this passage about?\n\n{0}", "Who speaks in this passage, and what do they want?\n\n{0}",
            "Rewrite this passage in simple words:\n\n{0}", "Write a short story that begins like this:\n\n{0}",
        ],
        ["{0}", "{0} Think step by step.", "{0} Explain your answer.", "Solve this problem: {0}"],
    ];

    private readonly string[][] _texts;
    private readonly Random _random;

    /// <param name="folder">Contains DOMAIN.SET.txt for each of <see cref="Domains"/>.</param>
    /// <param name="set">"train" or "valid".</param>
    /// <param name="seed">Of the choice.</param>
    public PromptSet(string folder, string set, int seed)
    {
        _random = new(seed);
        _texts = [.. Domains.Select(domain => File.ReadAllText(Path.Combine(folder, $"{domain}.{set}.txt")).Split('\n'))];
        _texts[^1] = [.. Questions(string.Join('\n', _texts[^1]))];
        if (_texts.Any(static text => text.Length < 50))
            throw new TrainingException($"{folder}: expected at least 50 lines in each of {string.Join(", ", Domains.Select(domain => $"{domain}.{set}.txt"))}, and 50 questions in the last.");
    }

    /// <summary>What the prompts are about.</summary>
    public static string[] Domains { get; } = ["code", "prose", "reasoning"];

    /// <summary>The next prompt of a domain.</summary>
    public string Next(int domain)
    {
        string template = Pick(s_templates[domain]);
        return string.Format(System.Globalization.CultureInfo.InvariantCulture, template, domain == 2 ? Pick(_texts[2]) : Window(_texts[domain], domain == 0 ? _random.Next(8, 33) : _random.Next(2, 10)));
    }

    private static IEnumerable<string> Questions(string text) => text.Split('\f').Select(static block => block.Trim())
        .Where(static block => block.StartsWith("Question:", StringComparison.Ordinal)).Select(static block => block["Question:".Length..].Split("\nAnswer:")[0].Trim())
        .Where(static question => question.Length is > 20 and < 600);

    private string Pick(string[] of) => of[_random.Next(of.Length)];

    private string Window(string[] lines, int length)
    {
        while (true)
        {
            int first = _random.Next(lines.Length - length);
            string window = string.Join('\n', lines[first..(first + length)]);

            // Not of two files.
            if (window.Length is > MinCharacters and < MaxCharacters && !window.Contains('\f') && !window.Contains("# file:", StringComparison.Ordinal))
                return window;
        }
    }
}
