namespace Spud.Text.ChatTemplates;

/// <summary>The methods of strings, as in Python.</summary>
internal static class StringMethods
{
    private static readonly Dictionary<string, Builtin> s_all = Builtin.Table(
    [
        On("strip", ["chars?"], (_, text, a) => Characters.Strip(text, a.Text(0), left: true, right: true)),
        On("lstrip", ["chars?"], (_, text, a) => Characters.Strip(text, a.Text(0), left: true, right: false)),
        On("rstrip", ["chars?"], (_, text, a) => Characters.Strip(text, a.Text(0), left: false, right: true)),
        On("upper", [], (_, text, _) => text.Recast(Casing.ToUpper)),
        On("lower", [], (_, text, _) => text.Recast(static t => t.ToLowerInvariant())),
        On("casefold", [], (_, text, _) => text.Recast(static t => t.ToLowerInvariant())),
        On("capitalize", [], (_, text, _) => text.Recast(Characters.Capitalize)),
        On("title", [], (_, text, _) => text.Recast(Characters.Title)),
        On("startswith", ["prefix", "start?", "end?"], (run, text, a) => Affixes(run, a[0]!).Any(Part(run, text, a, 1).StartsWithOrdinal)),
        On("endswith", ["suffix", "start?", "end?"], (run, text, a) => Affixes(run, a[0]!).Any(Part(run, text, a, 1).EndsWithOrdinal)),
        On("removeprefix", ["prefix"], (_, text, a) => text.Text.StartsWithOrdinal(a.Text(0, "")!) ? text[a.Text(0, "")!.Length..] : text),
        On("removesuffix", ["suffix"], (_, text, a) => text.Text.EndsWithOrdinal(a.Text(0, "")!) ? text[..^a.Text(0, "")!.Length] : text),
        On("replace", ["old", "new", "count?"], (run, text, a) => Replacing.Replace(run, text, a.Text(0, "")!, a.String(1) ?? TemplateString.Empty, a.Integer(2, -1))),
        On("split", ["sep?", "maxsplit?"], (run, text, a) => new TemplateList(Split(run, text, a))),
        On("rsplit", ["sep?", "maxsplit?"], (run, text, a) => new TemplateList(SplitFromRight(run, text, a))),
        On("splitlines", ["keepends?"], SplitLines),
        On("partition", ["sep"], (run, text, a) => Splitting.Partition(run, text, a.String(0) ?? TemplateString.Empty, fromRight: false)),
        On("rpartition", ["sep"], (run, text, a) => Splitting.Partition(run, text, a.String(0) ?? TemplateString.Empty, fromRight: true)),
        On("join", ["iterable"], Join),
        On("find", ["sub", "start?", "end?"], (run, text, a) => Find(run, text, a, fromRight: false)),
        On("rfind", ["sub", "start?", "end?"], (run, text, a) => Find(run, text, a, fromRight: true)),
        On("index", ["sub", "start?", "end?"], (run, text, a) => Find(run, text, a, fromRight: false) is var at and >= 0 ? at : throw run.Fail("'index' did not find the substring")),
        On("count", ["sub"], (run, text, a) => Count(text.Text, a.Text(0, "")!)),
        On("zfill", ["width"], (run, text, a) => Padding.Zeros(run, text, a.Integer(0, 0))),
        On("ljust", ["width", "fill?"], (run, text, a) => Padding.Right(run, text, a.Integer(0, 0), Fill(run, a))),
        On("rjust", ["width", "fill?"], (run, text, a) => Padding.Left(run, text, a.Integer(0, 0), Fill(run, a))),
        On("center", ["width", "fill?"], (run, text, a) => Padding.Center(run, text, a.Integer(0, 0), Fill(run, a))),
        On("isdigit", [], (_, text, _) => text.Length > 0 && text.Text.All(char.IsDigit)),
        On("isnumeric", [], (_, text, _) => text.Length > 0 && text.Text.All(char.IsNumber)),
        On("isalpha", [], (_, text, _) => text.Length > 0 && text.Text.All(char.IsLetter)),
        On("isalnum", [], (_, text, _) => text.Length > 0 && text.Text.All(char.IsLetterOrDigit)),
        On("isspace", [], (_, text, _) => text.Length > 0 && text.Text.All(Characters.IsSpace)),
        On("isupper", [], (_, text, _) => Characters.HasCase(text.Text, upper: true)),
        On("islower", [], (_, text, _) => Characters.HasCase(text.Text, upper: false)),
        new Builtin("format", (run, text, arguments) => BraceFormat.Apply(run, (TemplateString)text, arguments)),
    ]);

    private delegate object TextBody(TemplateRun run, TemplateString text, BoundArguments arguments);

    public static Builtin? Find(string name) => s_all.GetValueOrDefault(name);

    private static Builtin On(string name, string[] parameters, TextBody body) => new(name, parameters, (run, text, arguments) =>
    {
        run.Charge(((TemplateString)text).Length);
        return body(run, (TemplateString)text, arguments);
    });

    private static bool StartsWithOrdinal(this string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal);

    private static bool EndsWithOrdinal(this string text, string suffix) => text.EndsWith(suffix, StringComparison.Ordinal);

    /// <summary>One string, or a tuple of strings, any of which may match.</summary>
    private static IEnumerable<string> Affixes(TemplateRun run, object value) => value switch
    {
        TemplateString one => [one.Text],
        TemplateList { IsTuple: true } several => several.Items.Select(item => (item as TemplateString)?.Text ?? throw run.Fail("expected a tuple of strings")),
        _ => throw run.Fail($"expected a string or a tuple of strings, got {ValueTypes.Describe(value)}"),
    };

    /// <summary>The part of the text between the bounds in arguments <paramref name="first"/> and the one after it.</summary>
    private static string Part(TemplateRun run, TemplateString text, BoundArguments arguments, int first) =>
        arguments[first] is null && arguments[first + 1] is null
            ? text.Text
            : ((TemplateString)Slices.Take(run, text, arguments[first] ?? None.Value, arguments[first + 1] ?? None.Value, None.Value)).Text;

    private static long Limit(BoundArguments arguments) => arguments.Integer(1, -1) is var limit and >= 0 ? limit : long.MaxValue;

    private static List<object> Split(TemplateRun run, TemplateString text, BoundArguments arguments) =>
        arguments.Text(0) is { } separator ? Splitting.On(run, text, separator, Limit(arguments)) : Splitting.OnBlanks(run, text, Limit(arguments));

    private static List<object> SplitFromRight(TemplateRun run, TemplateString text, BoundArguments arguments) =>
        arguments.Text(0) is { } separator ? Splitting.OnFromRight(run, text, separator, Limit(arguments)) : Splitting.OnBlanksFromRight(run, text, Limit(arguments));

    private static TemplateList SplitLines(TemplateRun run, TemplateString text, BoundArguments arguments)
    {
        if (arguments.Flag(0))
            throw run.Fail("'splitlines' cannot keep the line ends here");
        List<TemplateString> lines = Characters.SplitLines(text);
        run.ChargeItems(lines.Count);
        return new TemplateList([.. lines]);
    }

    private static TemplateString Join(TemplateRun run, TemplateString separator, BoundArguments arguments)
    {
        var joined = new BoundedText(run);
        IReadOnlyList<object> items = ValueTypes.Items(run, arguments[0]!);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
                joined.Append(separator);
            joined.Append(items[i] as TemplateString ?? throw run.Fail($"'join' expects strings, got {ValueTypes.Describe(items[i])}"));
        }

        return joined.ToText();
    }

    private static long Find(TemplateRun run, TemplateString text, BoundArguments arguments, bool fromRight)
    {
        string part = Part(run, text, arguments, 1);
        string sought = arguments.Text(0, "")!;
        int at = fromRight ? part.LastIndexOf(sought, StringComparison.Ordinal) : part.IndexOf(sought, StringComparison.Ordinal);
        if (at < 0)
            return -1;
        long start = arguments.Integer(1, 0);
        long length = Characters.Count(text.Text);
        return Characters.Count(part[..at]) + Math.Clamp(start < 0 ? start + length : start, 0, length);
    }

    private static long Count(string text, string sought)
    {
        if (sought.Length == 0)
            return Characters.Count(text) + 1L;
        long count = 0;
        for (int at = text.IndexOf(sought, StringComparison.Ordinal); at >= 0; at = text.IndexOf(sought, at + sought.Length, StringComparison.Ordinal))
            count++;
        return count;
    }

    private static TemplateString Fill(TemplateRun run, BoundArguments arguments) =>
        (arguments.String(1) ?? Padding.Space) is { Length: 1 } fill ? fill : throw run.Fail("the fill must be a single character");
}
