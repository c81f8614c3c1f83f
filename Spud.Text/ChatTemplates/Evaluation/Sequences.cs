namespace Spud.Text.ChatTemplates;

/// <summary>Concatenates and repeats strings and lists within the run's limits.</summary>
internal static class Sequences
{
    public static object? TryAdd(TemplateRun run, object left, object right)
    {
        if (left is TemplateString a && right is TemplateString b)
            return new BoundedText(run).Append(a).Append(b).ToText();
        if (left is not TemplateList x || right is not TemplateList y || x.IsTuple != y.IsTuple)
            return null;
        run.ChargeItems((long)x.Items.Count + y.Items.Count);
        return new TemplateList([.. x.Items, .. y.Items], x.IsTuple);
    }

    public static object? TryRepeat(TemplateRun run, object left, object right)
    {
        (object sequence, object factor) = left is TemplateString or TemplateList ? (left, right) : (right, left);
        if (sequence is not (TemplateString or TemplateList) || !ValueTypes.TryGetInteger(factor, out long count))
            return null;
        count = Math.Max(count, 0);
        if (sequence is TemplateList list)
            return RepeatList(run, list, count);
        return RepeatText(run, (TemplateString)sequence, count);
    }

    private static TemplateString RepeatText(TemplateRun run, TemplateString text, long count)
    {
        RequireRoom(run, text.Length, count, run.Limits.OutputCharacters);
        var repeated = new BoundedText(run);
        if (text.Length == 1)
            return repeated.Append(text, count).ToText();
        for (long i = 0; i < count && text.Length > 0; i++)
            repeated.Append(text);
        return repeated.ToText();
    }

    private static TemplateList RepeatList(TemplateRun run, TemplateList list, long count)
    {
        RequireRoom(run, list.Items.Count, count, run.Limits.OutputCharacters);
        run.ChargeItems(list.Items.Count * count);
        var items = new List<object>();
        for (long i = 0; i < count && list.Items.Count > 0; i++)
            items.AddRange(list.Items);
        return new TemplateList(items, list.IsTuple);
    }

    private static void RequireRoom(TemplateRun run, int length, long count, long limit)
    {
        if (length > 0 && count > limit / length)
            throw run.Fail($"repeating {length} items or characters {count} times exceeds the limit of {limit}");
    }
}
