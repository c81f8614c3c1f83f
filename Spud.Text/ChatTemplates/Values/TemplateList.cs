namespace Spud.Text.ChatTemplates;

/// <summary>A list, or a tuple, which prints with parentheses and cannot be modified.</summary>
internal sealed class TemplateList(List<object> items, bool isTuple = false)
{
    public List<object> Items { get; } = items;

    public bool IsTuple { get; } = isTuple;

    public static TemplateList Pair(object first, object second) => new([first, second], isTuple: true);
}
