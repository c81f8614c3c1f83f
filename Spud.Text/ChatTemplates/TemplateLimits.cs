namespace Spud.Text.ChatTemplates;

/// <summary>Limits of a chat template. A template comes with a model file, so it is not trusted.</summary>
public sealed class TemplateLimits
{
    public static TemplateLimits Default { get; } = new();

    /// <summary>Maximum length of a template, in characters. Real ones are below 20,000.</summary>
    public int SourceCharacters { get; init; } = 1 << 20;

    /// <summary>Maximum nesting depth of syntax, calls and data. The thread's stack may end the rendering earlier, but never the process.</summary>
    public int Depth { get; init; } = 1000;

    /// <summary>Maximum number of syntax tree nodes evaluated in one rendering.</summary>
    public long Steps { get; init; } = 20_000_000;

    /// <summary>Maximum total number of characters of all strings created in one rendering; a list item counts as eight.</summary>
    public long WorkCharacters { get; init; } = 1L << 27;

    /// <summary>Maximum length of the rendered text, in characters.</summary>
    public int OutputCharacters { get; init; } = 1 << 26;

    /// <summary>Maximum number of values returned by <c>range()</c>.</summary>
    public int RangeItems { get; init; } = 100_000;
}
