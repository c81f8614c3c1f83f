namespace Spud.Text.ChatTemplates;

/// <summary>Filters over strings; another value is turned into its text first.</summary>
internal static class TextFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        OnText("upper", text => text.ToUpperInvariant()),
        OnText("lower", text => text.ToLowerInvariant()),
        OnText("capitalize", Characters.Capitalize),
        OnText("title", Characters.TitleWords),
        new("trim", ["chars?"], (run, value, a) => Characters.Strip(ValueText.Of(run, value), a.Text(0), left: true, right: true)),
        new("replace", ["old", "new", "count?"], Replace),
        new("indent", ["width?", "first?", "blank?"], Indent),
        new("center", ["width?"], (run, value, a) => Padding.Center(run, ValueText.Of(run, value), a.Integer(0, 80), ' ')),
        new("escape", [], Escape),
        new("e", [], Escape),
        new("format", Format),
        new("wordcount", [], (run, value, _) => (long)Splitting.OnBlanks(run, ValueText.Of(run, value), long.MaxValue).Count),
    ];

    private static Builtin OnText(string name, Func<string, string> change) => new(name, [], (run, value, _) =>
    {
        string text = ValueText.Of(run, value);
        run.Charge(text.Length);
        return change(text);
    });

    private static object Replace(TemplateRun run, object value, BoundArguments arguments)
    {
        string old = ValueText.Of(run, arguments[0]!);
        string replacement = ValueText.Of(run, arguments[1]!);
        return Replacing.Replace(run, ValueText.Of(run, value), old, replacement, arguments.Integer(2, -1));
    }

    private static object Indent(TemplateRun run, object value, BoundArguments arguments)
    {
        string indent = arguments[0] as string ?? new BoundedText(run).Append(' ', arguments.Integer(0, 4)).ToString();
        string text = ValueText.Of(run, value);
        run.Charge(text.Length);
        List<string> lines = Characters.SplitLines(text + "\n");
        var result = new BoundedText(run);
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                result.Append('\n');
            if (i == 0 ? arguments.Flag(1) : arguments.Flag(2) || lines[i].Length > 0)
                result.Append(indent);
            result.Append(lines[i]);
        }

        return result.ToString();
    }

    private static object Escape(TemplateRun run, object value, BoundArguments arguments)
    {
        var escaped = new BoundedText(run);
        foreach (char c in ValueText.Of(run, value))
        {
            string? entity = c switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '\'' => "&#39;", '"' => "&#34;", _ => null };
            if (entity is null)
                escaped.Append(c);
            else
                escaped.Append(entity);
        }

        return escaped.ToString();
    }

    private static object Format(TemplateRun run, object value, CallArguments arguments)
    {
        if (arguments.Named.Count == 0)
            return PercentFormat.Apply(run, ValueText.Of(run, value), new TemplateList([.. arguments.Positional], isTuple: true));
        if (arguments.Positional.Count > 0)
            throw run.Fail("'format' takes arguments either by place or by name");
        var map = new TemplateMap();
        foreach ((string name, object item) in arguments.Named)
            map.Set(run, name, item);
        return PercentFormat.Apply(run, ValueText.Of(run, value), map);
    }
}
