namespace Spud.Text.ChatTemplates;

/// <summary>Filters on strings; other values are converted to strings first.</summary>
internal static class TextFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        OnText("upper", Casing.ToUpper),
        OnText("lower", text => text.ToLowerInvariant()),
        OnText("capitalize", Characters.Capitalize),
        OnText("title", Characters.TitleWords),
        new("trim", ["chars?"], (run, value, a) => Characters.Strip(ValueText.Of(run, value), a.Text(0), left: true, right: true)),
        new("replace", ["old", "new", "count?"], Replace),
        new("indent", ["width?", "first?", "blank?"], Indent),
        new("center", ["width?"], (run, value, a) => Padding.Center(run, ValueText.Of(run, value), a.Integer(0, 80), Padding.Space)),
        new("escape", [], Escape),
        new("e", [], Escape),
        new("format", Format),
        new("wordcount", [], (run, value, _) => (long)Splitting.OnBlanks(run, ValueText.Of(run, value), long.MaxValue).Count),
    ];

    private static Builtin OnText(string name, Func<string, string> change) => new(name, [], (run, value, _) =>
    {
        TemplateString text = ValueText.Of(run, value);
        run.Charge(text.Length);
        return text.Recast(change);
    });

    private static object Replace(TemplateRun run, object value, BoundArguments arguments)
    {
        string old = ValueText.Of(run, arguments[0]!).Text;
        TemplateString replacement = ValueText.Of(run, arguments[1]!);
        return Replacing.Replace(run, ValueText.Of(run, value), old, replacement, arguments.Integer(2, -1));
    }

    private static object Indent(TemplateRun run, object value, BoundArguments arguments)
    {
        TemplateString indent = arguments[0] as TemplateString ?? new BoundedText(run).Append(Padding.Space, arguments.Integer(0, 4)).ToText();
        TemplateString text = ValueText.Of(run, value);
        run.Charge(text.Length);
        List<TemplateString> lines = Characters.SplitLines(new BoundedText(run).Append(text).Append('\n').ToText());
        var result = new BoundedText(run);
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                result.Append('\n');
            if (i == 0 ? arguments.Flag(1) : arguments.Flag(2) || lines[i].Length > 0)
                result.Append(indent);
            result.Append(lines[i]);
        }

        return result.ToText();
    }

    private static object Escape(TemplateRun run, object value, BoundArguments arguments)
    {
        var escaped = new BoundedText(run);
        TemplateString text = ValueText.Of(run, value);
        foreach ((Range characters, bool isForeign) in text.Runs())
        {
            foreach (char c in text.Text.AsSpan(characters))
                escaped.Append(c switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '\'' => "&#39;", '"' => "&#34;", _ => null }, [c], isForeign);
        }

        return escaped.ToText();
    }

    private static object Format(TemplateRun run, object value, CallArguments arguments)
    {
        if (arguments.Named.Count == 0)
            return PercentFormat.Apply(run, ValueText.Of(run, value), new TemplateList([.. arguments.Positional], isTuple: true));
        if (arguments.Positional.Count > 0)
            throw run.Fail("'format' takes arguments either by position or by name");
        var map = new TemplateMap();
        foreach ((string name, object item) in arguments.Named)
            map.Set(run, name, item);
        return PercentFormat.Apply(run, ValueText.Of(run, value), map);
    }
}
