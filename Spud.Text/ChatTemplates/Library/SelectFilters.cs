using Spud.Models.Messages;

namespace Spud.Text.ChatTemplates;

/// <summary>Filters that apply another filter or a test to every item. They return lists, which, unlike Jinja's generators, have a length and can be written as JSON.</summary>
internal static class SelectFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        new("map", Map),
        new("select", (run, value, arguments) => Select(run, value, arguments, keep: true)),
        new("reject", (run, value, arguments) => Select(run, value, arguments, keep: false)),
        new("selectattr", (run, value, arguments) => SelectByAttribute(run, value, arguments, keep: true)),
        new("rejectattr", (run, value, arguments) => SelectByAttribute(run, value, arguments, keep: false)),
    ];

    private static object Map(TemplateRun run, object value, CallArguments arguments)
    {
        IReadOnlyList<object> items = Items(run, value);
        if (arguments.FindNamed("attribute") is { } attribute)
            return new TemplateList([.. items.Select(item => AttributeOr(run, item, attribute, arguments.FindNamed("default")))]);
        string name = RequireName(run, arguments, "map", "a filter", "'upper'");
        Builtin filter = Filters.Find(name) ?? throw run.Fail($"unknown filter '{name}'.{Suggestion.Hint(name, Filters.Names)}");
        CallArguments rest = arguments.After(1);
        return new TemplateList([.. items.Select(item => filter.Invoke(run, item, rest))]);
    }

    /// <summary>The items to process: none if the value is false, so also for none, as in Jinja.</summary>
    private static IReadOnlyList<object> Items(TemplateRun run, object value)
    {
        IReadOnlyList<object> items = ValueTypes.IsTrue(value) ? ValueTypes.Items(run, value) : [];
        run.ChargeItems(items.Count);
        return items;
    }

    private static object AttributeOr(TemplateRun run, object item, object attribute, object? otherwise)
    {
        object value = Members.Path(run, item, attribute);
        return value is Undefined && otherwise is not null ? otherwise : value;
    }

    private static object Select(TemplateRun run, object value, CallArguments arguments, bool keep)
    {
        Func<object, bool> test = FindTest(run, arguments, "select");
        return Filter(run, value, item => test(item) == keep);
    }

    private static object SelectByAttribute(TemplateRun run, object value, CallArguments arguments, bool keep)
    {
        if (arguments.Positional.Count == 0)
            throw run.Fail("'selectattr' and 'rejectattr' expect the name of an attribute first");
        object attribute = arguments.Positional[0];
        Func<object, bool> test = FindTest(run, arguments.After(1), "selectattr");
        return Filter(run, value, item => test(Members.Path(run, item, attribute)) == keep);
    }

    private static TemplateList Filter(TemplateRun run, object value, Func<object, bool> keep)
    {
        IReadOnlyList<object> items = Items(run, value);
        return new TemplateList([.. items.Where(keep)]);
    }

    /// <summary>The test named by the first argument, with the others as its arguments; without any, whether the value is true.</summary>
    private static Func<object, bool> FindTest(TemplateRun run, CallArguments arguments, string caller)
    {
        if (arguments.Positional.Count == 0)
            return ValueTypes.IsTrue;
        string name = RequireName(run, arguments, caller, "a test", "'defined'");
        Builtin test = Tests.Find(name) ?? throw run.Fail($"unknown test '{name}'.{Suggestion.Hint(name, Tests.Names)}");
        CallArguments rest = arguments.After(1);
        return item => ValueTypes.IsTrue(test.Invoke(run, item, rest));
    }

    private static string RequireName(TemplateRun run, CallArguments arguments, string caller, string what, string example) =>
        arguments.Positional is [TemplateString name, ..] ? name.Text : throw run.Fail($"'{caller}' expects the name of {what} first, such as {example}");
}
