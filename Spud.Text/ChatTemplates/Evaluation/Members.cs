using System.Globalization;

namespace Spud.Text.ChatTemplates;

/// <summary>Attributes and items of a value. <c>a.b</c> looks for a method first and then for an item, <c>a['b']</c> in the opposite order.</summary>
internal static class Members
{
    public static object Attribute(TemplateRun run, object target, string name)
    {
        if (target is Undefined undefined)
            throw run.Fail(undefined.Problem);
        if (target is TemplateObject other)
            return other.Member(name) ?? Missing(target, name);
        if (FindMethod(target, name) is { } method)
            return new BoundBuiltin(method, target);
        return target is TemplateMap map && map.TryGet(name, out object value) ? value : Missing(target, name);
    }

    public static object Item(TemplateRun run, object target, object index)
    {
        switch (target)
        {
            case Undefined undefined:
                throw run.Fail(undefined.Problem);
            case TemplateMap map when TemplateMap.IsKey(index) && map.TryGet(run, index, out object value):
                return value;
            case TemplateList list when ValueTypes.TryGetInteger(index, out long at):
                return At(list.Items, at);
            case TemplateString text when ValueTypes.TryGetInteger(index, out long at):
                run.ChargeItems(text.Length);
                return At(Characters.Split(text), at);
            default:
                return index is TemplateString name ? Attribute(run, target, name.Text) : Missing(target, ValueText.Quoted(run, index).Text);
        }
    }

    /// <summary>Resolves <c>'a.b.0'</c>, the syntax of filters' attribute arguments.</summary>
    public static object Path(TemplateRun run, object target, object path)
    {
        if (path is not TemplateString text)
            return Item(run, target, path);
        foreach (string part in text.Text.Split('.'))
            target = Item(run, target, long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long index) ? index : TemplateString.Own(part));
        return target;
    }

    private static object At(List<object> items, long index)
    {
        long at = index < 0 ? index + items.Count : index;
        return at >= 0 && at < items.Count ? items[(int)at] : new Undefined($"there is no item {index} among {items.Count}");
    }

    private static Builtin? FindMethod(object target, string name) => target switch
    {
        TemplateString => StringMethods.Find(name),
        TemplateList => ListMethods.Find(name),
        TemplateMap => MapMethods.Find(name),
        _ => null,
    };

    private static Undefined Missing(object target, string name) => new($"{ValueTypes.Describe(target)} has no attribute or item '{name}'");
}
