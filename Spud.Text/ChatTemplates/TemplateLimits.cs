namespace Spud.Text.ChatTemplates;

/// <summary>How much a chat template may do. A template comes with a model file, so it is not trusted.</summary>
public sealed class TemplateLimits
{
    public static TemplateLimits Default { get; } = new();

    /// <summary>The longest template, in characters. Real ones are below 20,000.</summary>
    public int SourceCharacters { get; init; } = 1 << 20;

    /// <summary>How deep syntax, calls and data may nest. The thread's stack may end the rendering earlier, never the process.</summary>
    public int Depth { get; init; } = 1000;

    /// <summary>How many nodes of the syntax tree may be evaluated in one rendering.</summary>
    public long Steps { get; init; } = 20_000_000;

    /// <summary>How many characters all strings made in one rendering may have together; a list item counts as eight.</summary>
    public long WorkCharacters { get; init; } = 1L << 27;

    /// <summary>The longest rendered text, in characters.</summary>
    public int OutputCharacters { get; init; } = 1 << 26;

    /// <summary>The most numbers that <c>range()</c> gives.</summary>
    public int RangeItems { get; init; } = 100_000;
}
