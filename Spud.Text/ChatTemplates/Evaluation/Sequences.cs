namespace Spud.Text.ChatTemplates;

/// <summary>Strings and lists joined and repeated within the run's limits.</summary>
internal static class Sequences
{
    public static object? TryAdd(TemplateRun run, object left, object right)
    {
        if (left is string a && right is string b)
            return new BoundedText(run).Append(a).Append(b).ToString();
        if (left is not TemplateList x || right is not TemplateList y || x.IsTuple != y.IsTuple)
            return null;
        run.ChargeItems((long)x.Items.Count + y.Items.Count);
        return new TemplateList([.. x.Items, .. y.Items], x.IsTuple);
    }

    public static object? TryRepeat(TemplateRun run, object left, object right)
    {
        (object sequence, object factor) = left is string or TemplateList ? (left, right) : (right, left);
        if (sequence is not (string or TemplateList) || !ValueTypes.TryGetInteger(factor, out long count))
            return null;
        count = Math.Max(count, 0);
        if (sequence is TemplateList list)
            return RepeatList(run, list, count);
        string text = (string)sequence;
        RequireRoom(run, text.Length, count, run.Limits.OutputCharacters);
        run.Charge(text.Length * count);
        return string.Concat(Enumerable.Repeat(text, text.Length == 0 ? 0 : (int)count));
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
