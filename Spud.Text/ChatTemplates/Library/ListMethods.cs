namespace Spud.Text.ChatTemplates;

/// <summary>The methods of lists and tuples, as in Python; a tuple rejects those that modify it.</summary>
internal static class ListMethods
{
    private static readonly Dictionary<string, Builtin> s_all = Builtin.Table(
    [
        Changing("append", ["item"], (run, list, a) => Insert(run, list, list.Count, a[0]!)),
        Changing("insert", ["index", "item"], (run, list, a) => Insert(run, list, Position(list, a.Integer(0, 0)), a[1]!)),
        Changing("extend", ["items"], Extend),
        Changing("pop", ["index?"], Pop),
        Changing("remove", ["item"], (run, list, a) => RemoveAt(list, RequireIndex(run, list, a[0]!))),
        Changing("reverse", [], (_, list, _) => Do(list.Reverse)),
        Changing("clear", [], (_, list, _) => Do(list.Clear)),
        new("index", ["item"], (run, list, a) => (long)RequireIndex(run, ((TemplateList)list).Items, a[0]!)),
        new("count", ["item"], (run, list, a) => ((TemplateList)list).Items.LongCount(item => ValueEquality.AreEqual(run, item, a[0]!))),
        new("copy", [], (run, list, _) => Slices.Take(run, list, None.Value, None.Value, None.Value)),
    ]);

    private delegate object ItemsBody(TemplateRun run, List<object> items, BoundArguments arguments);

    public static Builtin? Find(string name) => s_all.GetValueOrDefault(name);

    private static Builtin Changing(string name, string[] parameters, ItemsBody body) => new(name, parameters, (run, subject, arguments) =>
    {
        var list = (TemplateList)subject;
        run.Charge(list.Items.Count);
        return list.IsTuple ? throw run.Fail($"a tuple cannot be changed by '{name}'") : body(run, list.Items, arguments);
    });

    private static None Do(Action action)
    {
        action();
        return None.Value;
    }

    private static None Insert(TemplateRun run, List<object> list, int index, object item)
    {
        run.ChargeItems(1);
        list.Insert(index, item);
        return None.Value;
    }

    private static None Extend(TemplateRun run, List<object> list, BoundArguments arguments)
    {
        IReadOnlyList<object> items = ValueTypes.Items(run, arguments[0]!);
        run.ChargeItems(items.Count);
        list.AddRange(items);
        return None.Value;
    }

    private static object Pop(TemplateRun run, List<object> list, BoundArguments arguments)
    {
        long index = arguments.Integer(0, -1);
        long at = index < 0 ? index + list.Count : index;
        if (at < 0 || at >= list.Count)
            throw run.Fail($"'pop' found no item {index} among {list.Count}");
        object item = list[(int)at];
        list.RemoveAt((int)at);
        return item;
    }

    private static None RemoveAt(List<object> list, int index)
    {
        list.RemoveAt(index);
        return None.Value;
    }

    private static int RequireIndex(TemplateRun run, List<object> list, object sought)
    {
        int index = list.FindIndex(item => ValueEquality.AreEqual(run, item, sought));
        return index >= 0 ? index : throw run.Fail("the list does not contain this item");
    }

    private static int Position(List<object> list, long index) => (int)Math.Clamp(index < 0 ? index + list.Count : index, 0, list.Count);
}
