namespace Spud.Text.ChatTemplates;

/// <summary>How a call is written in tags: the function's name, then keys and values. Texts stand without quotes, other values as JSON.</summary>
/// <param name="BeforeName">Before the function's name; empty if nothing is.</param>
/// <param name="AfterName">Behind it; empty if the name ends where a line or a tag does.</param>
/// <param name="BeforeKey">Before the name of a parameter.</param>
/// <param name="AfterKey">Behind it.</param>
/// <param name="BeforeValue">Before a value; empty if the key's tag is.</param>
/// <param name="AfterValue">Behind it.</param>
/// <param name="End">Behind the last value; empty if nothing is.</param>
/// <param name="HasLines">Whether a value stands on lines of its own.</param>
internal sealed record MarkupForm(string BeforeName, string AfterName, string BeforeKey, string AfterKey, string BeforeValue, string AfterValue, string End, bool HasLines)
{
    /// <summary>Qwen3-Coder, Qwen 3.5, Nemotron 3.</summary>
    public static MarkupForm Parameters { get; } = new("<function=", ">", "<parameter=", ">", "", "</parameter>", "</function>", HasLines: true);

    /// <summary>GLM 4.5 and later.</summary>
    public static MarkupForm Pairs { get; } = new("", "", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>", "", HasLines: false);

    /// <summary>All that is behind a value: with a line break if it stands on lines of its own.</summary>
    public string BehindValue { get; } = HasLines ? "\n" + AfterValue : AfterValue;

    /// <summary>The form of a format; null if its calls are JSON.</summary>
    public static MarkupForm? Of(ToolFormat format) => format switch
    {
        ToolFormat.ParameterTags => Parameters,
        ToolFormat.PairTags => Pairs,
        _ => null,
    };
}
