using Spud.Evaluation.Likelihood;
using Spud.Numerics;

namespace Spud.Host;

/// <summary>A text that represents a kind: <c>coding=code.txt</c>.</summary>
/// <param name="Label">Name of the kind.</param>
/// <param name="Path">Path of the file.</param>
internal sealed record LabelledText(string Label, string Path)
{
    /// <summary>Maximum length of a window read from an empty context.</summary>
    private const int LongestWindow = 512;

    /// <summary>Minimum number of windows per text: half of them are used to evaluate the others.</summary>
    private const int MinWindows = 8;

    private const int LongestLabel = 64;

    /// <summary>Parses the values of -f.</summary>
    /// <exception cref="BadInputException">A value is not LABEL=FILE, or a label occurs twice.</exception>
    public static LabelledText[] Parse(string[] values)
    {
        if (values.Length == 0)
            throw new BadInputException("no text is given. Give one for each kind of text: -f coding=code.txt -f prose=novel.txt");

        LabelledText[] texts = [.. values.Select(Parse)];
        if (texts.GroupBy(text => text.Label).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new BadInputException($"-f: the label '{twice.Key}' is given twice. Put the texts of a kind into one file.");

        return texts;
    }

    /// <summary>The text split into windows of equal length, at least 128 tokens each.</summary>
    /// <exception cref="BadInputException">The text is too short.</exception>
    public int[][] Windows(LanguageModel model, int maxTokens, bool parseSpecial, Shell shell)
    {
        const int Shortest = 2 * ExpertPool.FirstTokens;
        int[] ids = TextBeginning.Ids(model.Tokenizer, InputText.Read(Path, shell), maxTokens, parseSpecial);
        int context = model.Pipeline.Limits.ContextTokens, length = Math.Min(Math.Min(context, LongestWindow), ids.Length / MinWindows);
        if (context < Shortest)
            throw new BadInputException($"the context is {context} tokens; kinds of text are told after {Shortest}. Raise it with --ctx.");
        if (length < Shortest)
            throw new BadInputException($"{Path}: the text of '{Label}' has {ids.Length} tokens, expected at least {MinWindows * Shortest}. Give a longer text{(ids.Length == maxTokens ? " or a higher --max-tokens" : "")}.");

        return [.. ids.Chunk(length).Where(window => window.Length == length)];
    }

    private static LabelledText Parse(string value)
    {
        int at = value.IndexOf('=');
        if (at <= 0 || at == value.Length - 1)
            throw new BadInputException($"-f: expected LABEL=FILE, such as coding=code.txt, got '{SafeText.Of(value)}'.");

        string label = value[..at];
        if (label.Length > LongestLabel || label.Any(char.IsControl) || label == TextLabel.None)
            throw new BadInputException($"-f: expected a label of at most {LongestLabel} characters other than '{TextLabel.None}', got '{SafeText.Of(label)}'.");

        return new(label, value[(at + 1)..]);
    }
}
