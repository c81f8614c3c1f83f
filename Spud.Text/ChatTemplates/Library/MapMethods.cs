namespace Spud.Text.ChatTemplates;

/// <summary>The methods of dictionaries, as in Python.</summary>
internal static class MapMethods
{
    private static readonly Dictionary<string, Builtin> s_all = Builtin.Table(
    [
        On("get", ["key", "default?"], (run, map, a) => map.TryGet(run, a[0]!, out object value) ? value : a[1] ?? None.Value),
        On("items", [], (run, map, _) => Items(run, map)),
        On("keys", [], (run, map, _) => List(run, map.Entries.Keys)),
        On("values", [], (run, map, _) => List(run, map.Entries.Values)),
        On("pop", ["key", "default?"], Pop),
        On("setdefault", ["key", "default?"], SetDefault),
        On("copy", [], (run, map, _) => Fill(run, new TemplateMap(), map)),
        new("update", (run, map, arguments) => Update(run, (TemplateMap)map, arguments)),
    ]);

    private delegate object MapBody(TemplateRun run, TemplateMap map, BoundArguments arguments);

    public static Builtin? Find(string name) => s_all.GetValueOrDefault(name);

    public static TemplateList Items(TemplateRun run, TemplateMap map)
    {
        run.ChargeItems(map.Entries.Count * 4L);
        return new TemplateList([.. map.Entries.Select(entry => TemplateList.Pair(entry.Key, entry.Value))]);
    }

    /// <summary>Creates a dictionary from another one or a list of pairs, and from named arguments.</summary>
    public static TemplateMap Make(TemplateRun run, CallArguments arguments)
    {
        var map = new TemplateMap();
        Update(run, map, arguments);
        return map;
    }

    private static Builtin On(string name, string[] parameters, MapBody body) =>
        new(name, parameters, (run, map, arguments) => body(run, (TemplateMap)map, arguments));

    private static TemplateList List(TemplateRun run, ICollection<object> values)
    {
        run.ChargeItems(values.Count);
        return new TemplateList([.. values]);
    }

    private static object Pop(TemplateRun run, TemplateMap map, BoundArguments arguments)
    {
        run.Charge(map.Entries.Count);
        if (!map.TryGet(run, arguments[0]!, out object value))
            return arguments[1] ?? throw run.Fail($"'pop' found no key {ValueText.Quoted(run, arguments[0]!).Text}");
        map.Entries.Remove(arguments[0]!);
        return value;
    }

    private static object SetDefault(TemplateRun run, TemplateMap map, BoundArguments arguments)
    {
        if (map.TryGet(run, arguments[0]!, out object value))
            return value;
        map.Set(run, arguments[0]!, arguments[1] ?? None.Value);
        return arguments[1] ?? None.Value;
    }

    private static None Update(TemplateRun run, TemplateMap map, CallArguments arguments)
    {
        if (arguments.Positional.Count > 1)
            throw run.Fail($"expected at most one dictionary or list of pairs, got {arguments.Positional.Count}");
        if (arguments.Positional is [TemplateMap other])
            Fill(run, map, other);
        else if (arguments.Positional is [var pairs])
            FillFromPairs(run, map, ValueTypes.Items(run, pairs));
        foreach ((string name, object value) in arguments.Named)
            map.Set(run, name, value);
        return None.Value;
    }

    private static TemplateMap Fill(TemplateRun run, TemplateMap map, TemplateMap other)
    {
        if (ReferenceEquals(map, other))
            return map;
        foreach ((object key, object value) in other.Entries)
            map.Set(run, key, value);
        return map;
    }

    private static void FillFromPairs(TemplateRun run, TemplateMap map, IReadOnlyList<object> pairs)
    {
        foreach (object pair in pairs)
        {
            if (ValueTypes.Items(run, pair) is not [var key, var value])
                throw run.Fail("a dictionary is made of pairs, got an item of another length");
            map.Set(run, key, value);
        }
    }
}
