namespace Spud.Text.ChatTemplates;

/// <summary>Filters on whole sequences: order, extremes, sums, joins.</summary>
internal static class ListFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        new("list", [], (run, value, _) => new TemplateList(Copy(run, value))),
        new("first", [], (run, value, _) => ValueTypes.Items(run, value) is [var first, ..] ? first : new Undefined("there is no first item")),
        new("last", [], (run, value, _) => ValueTypes.Items(run, value) is [.., var last] ? last : new Undefined("there is no last item")),
        new("join", ["d?", "attribute?"], Join),
        new("reverse", [], Reverse),
        new("sort", ["reverse?", "case_sensitive?", "attribute?"], Sort),
        new("dictsort", ["case_sensitive?", "by?", "reverse?"], SortMap),
        new("items", [], Items),
        new("unique", ["case_sensitive?", "attribute?"], Unique),
        new("min", ["case_sensitive?", "attribute?"], (run, value, a) => Extreme(run, value, a, sign: 1)),
        new("max", ["case_sensitive?", "attribute?"], (run, value, a) => Extreme(run, value, a, sign: -1)),
        new("sum", ["attribute?", "start?"], Sum),
        new("batch", ["linecount", "fill_with?"], Batch),
    ];

    private static List<object> Copy(TemplateRun run, object value)
    {
        IReadOnlyList<object> items = ValueTypes.Items(run, value);
        run.ChargeItems(items.Count);
        return [.. items];
    }

    private static object Join(TemplateRun run, object value, BoundArguments arguments)
    {
        TemplateString separator = arguments[0] is { } given ? ValueText.Of(run, given) : TemplateString.Empty;
        var text = new BoundedText(run);
        bool isFirst = true;
        foreach (object item in ValueTypes.Items(run, value))
        {
            if (!isFirst)
                text.Append(separator);
            isFirst = false;
            text.Append(ValueText.Of(run, Key(run, item, arguments[1])));
        }

        return text.ToText();
    }

    private static object Reverse(TemplateRun run, object value, BoundArguments arguments)
    {
        List<object> items = Copy(run, value);
        items.Reverse();
        return value is TemplateString ? Characters.Join(run, items) : new TemplateList(items);
    }

    private static object Sort(TemplateRun run, object value, BoundArguments arguments)
    {
        int sign = arguments.Flag(0) ? -1 : 1;
        bool caseSensitive = arguments.Flag(1);
        List<(object Item, object Key)> keyed = Copy(run, value).ConvertAll(item => (item, Fold(Key(run, item, arguments[2]), caseSensitive)));
        List<(object Item, object Key)> sorted = StableSort.Sort(keyed, (a, b) => sign * Math.Sign(ValueEquality.Compare(run, a.Key, b.Key)));
        return new TemplateList(sorted.ConvertAll(pair => pair.Item));
    }

    private static object SortMap(TemplateRun run, object value, BoundArguments arguments)
    {
        if (value is not TemplateMap map)
            throw run.Fail($"'dictsort' expects a dictionary, got {ValueTypes.Describe(value)}");
        bool caseSensitive = arguments.Flag(0);
        bool byValue = arguments.Text(1, "key") == "value";
        int sign = arguments.Flag(2) ? -1 : 1;
        run.ChargeItems(map.Entries.Count * 3L);
        List<KeyValuePair<object, object>> sorted = StableSort.Sort([.. map.Entries], (a, b) =>
            sign * Math.Sign(ValueEquality.Compare(run, Fold(byValue ? a.Value : a.Key, caseSensitive), Fold(byValue ? b.Value : b.Key, caseSensitive))));
        return new TemplateList(sorted.ConvertAll(object (pair) => TemplateList.Pair(pair.Key, pair.Value)));
    }

    private static object Items(TemplateRun run, object value, BoundArguments arguments) => value switch
    {
        TemplateMap map => MapMethods.Items(run, map),
        Undefined => new TemplateList([]),
        _ => throw run.Fail($"'items' expects a dictionary, got {ValueTypes.Describe(value)}"),
    };

    private static object Unique(TemplateRun run, object value, BoundArguments arguments)
    {
        var seen = new List<object>();
        return new TemplateList(Copy(run, value).FindAll(item =>
        {
            object key = Fold(Key(run, item, arguments[1]), arguments.Flag(0));
            bool isNew = !seen.Exists(other => ValueEquality.AreEqual(run, other, key));
            if (isNew)
                seen.Add(key);
            return isNew;
        }));
    }

    private static object Extreme(TemplateRun run, object value, BoundArguments arguments, int sign)
    {
        bool caseSensitive = arguments.Flag(0);
        object? best = null;
        object? bestKey = null;
        foreach (object item in ValueTypes.Items(run, value))
        {
            object key = Fold(Key(run, item, arguments[1]), caseSensitive);
            if (bestKey is not null && sign * Math.Sign(ValueEquality.Compare(run, key, bestKey)) >= 0)
                continue;
            best = item;
            bestKey = key;
        }

        return best ?? new Undefined("there is no smallest or largest item in an empty list");
    }

    private static object Sum(TemplateRun run, object value, BoundArguments arguments)
    {
        object sum = arguments[1] ?? 0L;
        foreach (object item in ValueTypes.Items(run, value))
            sum = Operators.Apply(run, "+", sum, Key(run, item, arguments[0]));
        return sum;
    }

    private static object Batch(TemplateRun run, object value, BoundArguments arguments)
    {
        long size = arguments.Integer(0, 1);
        if (size < 1)
            throw run.Fail($"'batch' expects at least one item a line, got {size}");
        List<object> items = Copy(run, value);
        var lines = new List<object>();
        for (int i = 0; i < items.Count; i += (int)Math.Min(size, items.Count))
            lines.Add(new TemplateList(items.GetRange(i, (int)Math.Min(size, items.Count - i))));
        if (lines is [.., TemplateList last] && arguments[1] is { } fill)
        {
            run.ChargeItems(size);
            while (last.Items.Count < size)
                last.Items.Add(fill);
        }

        return new TemplateList(lines);
    }

    private static object Key(TemplateRun run, object item, object? attribute)
    {
        run.Step();
        return attribute is null or None ? item : Members.Path(run, item, attribute);
    }

    private static object Fold(object key, bool caseSensitive) => key is TemplateString text && !caseSensitive ? text.Recast(static t => t.ToLowerInvariant()) : key;
}
