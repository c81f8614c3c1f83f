namespace Spud.Text.ChatTemplates;

/// <summary>
/// The value <c>none</c>. A template's values are: None, Undefined, bool, long, BigInteger (from JSON, beyond 64 bits), double, TemplateString, TemplateList, TemplateMap,
/// TemplateObject and Callable; never null.
/// </summary>
internal sealed class None
{
    public static readonly None Value = new();

    private None()
    {
    }
}
