namespace Spud.Text.ChatTemplates;

/// <summary><c>value[start:stop:step]</c> with Python's rules for missing, negative and out-of-range values.</summary>
internal static class Slices
{
    public static object Take(TemplateRun run, object target, object start, object stop, object step)
    {
        switch (target)
        {
            case TemplateList list:
                return new TemplateList(Pick(run, list.Items, start, stop, step), list.IsTuple);
            case TemplateString text:
                run.ChargeItems(text.Length);
                return Characters.Join(run, Pick(run, Characters.Split(text), start, stop, step));
            case Undefined undefined:
                throw run.Fail(undefined.Problem);
            default:
                throw run.Fail($"a slice is taken of a string or a list, got {ValueTypes.Describe(target)}");
        }
    }

    private static List<object> Pick(TemplateRun run, List<object> items, object start, object stop, object step)
    {
        long stride = Bound(run, step) ?? 1;
        if (stride == 0)
            throw run.Fail("a slice's step must not be 0");
        int lowest = stride < 0 ? -1 : 0;
        int highest = stride < 0 ? items.Count - 1 : items.Count;
        long from = Resolve(Bound(run, start), items.Count, lowest, highest) ?? (stride < 0 ? highest : lowest);
        long to = Resolve(Bound(run, stop), items.Count, lowest, highest) ?? (stride < 0 ? lowest : highest);
        run.ChargeItems(items.Count);
        var picked = new List<object>();
        stride = Math.Clamp(stride, -items.Count - 1, items.Count + 1);
        for (long i = from; stride > 0 ? i < to : i > to; i += stride)
            picked.Add(items[(int)i]);
        return picked;
    }

    private static long? Resolve(long? bound, int count, int lowest, int highest)
    {
        if (bound is not { } index)
            return null;
        return Math.Clamp(index < 0 ? index + count : index, lowest, highest);
    }

    private static long? Bound(TemplateRun run, object value)
    {
        if (value is None)
            return null;
        return ValueTypes.TryGetInteger(value, out long number) ? number : throw run.Fail($"a slice's bounds are integers, got {ValueTypes.Describe(value)}");
    }
}
