namespace Spud.Text.ChatTemplates;

/// <summary>The global functions available to every template.</summary>
internal static class Functions
{
    private static readonly Builtin[] s_all =
    [
        new("range", ["start", "stop?", "step?"], Range),
        new("namespace", Namespace),
        new("dict", (run, _, arguments) => MapMethods.Make(run, arguments)),
        new("raise_exception", ["message?"], (run, _, a) => throw run.Fail($"the template refuses this conversation: {(a[0] is { } reason ? ValueText.Of(run, reason).Text : "no reason given")}")),
        new("strftime_now", ["format"], (run, _, a) => TimeText.Format(run, a.String(0) ?? TemplateString.Empty, run.Clock.GetLocalNow())),
        new("cycler", (run, _, arguments) => new Cycler(run, arguments.Positional)),
        new("joiner", ["sep?"], (run, _, a) => new Joiner(a.String(0) ?? TemplateString.Own(", "))),
    ];

    public static void AddTo(Scope scope)
    {
        foreach (Builtin function in s_all)
            scope.Set(function.Name, new BoundBuiltin(function, None.Value));
    }

    private static object Range(TemplateRun run, object subject, BoundArguments arguments)
    {
        bool hasStop = arguments[1] is not null;
        long start = hasStop ? arguments.Integer(0, 0) : 0;
        long stop = hasStop ? arguments.Integer(1, 0) : arguments.Integer(0, 0);
        long step = arguments.Integer(2, 1);
        if (step == 0)
            throw run.Fail("the step of 'range' must not be 0");
        Int128 distance = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        Int128 size = Int128.Abs(step);
        Int128 count = distance <= 0 ? 0 : (distance + size - 1) / size;
        if (count > run.Limits.RangeItems)
            throw run.Fail($"'range' returns at most {run.Limits.RangeItems} numbers, {count} were requested");
        run.ChargeItems((long)count);
        var items = new List<object>((int)count);
        for (int i = 0; i < count; i++)
            items.Add(start + i * step);
        return new TemplateList(items);
    }

    private static object Namespace(TemplateRun run, object subject, CallArguments arguments)
    {
        var space = new TemplateNamespace();
        foreach ((object key, object value) in MapMethods.Make(run, arguments).Entries)
            space.Set(ValueText.Of(run, key).Text, value);
        return space;
    }

    /// <summary>Returns its values in turn, over and over.</summary>
    private sealed class Cycler : TemplateObject
    {
        private readonly IReadOnlyList<object> _values;
        private int _index;

        public Cycler(TemplateRun run, IReadOnlyList<object> values)
        {
            if (values.Count == 0)
                throw run.Fail("'cycler' expects at least one value");
            _values = values;
        }

        public override string TypeName => "a cycler";

        public override object? Member(string name) => name switch
        {
            "current" => _values[_index],
            "next" => new BoundBuiltin(new Builtin("next", [], (_, _, _) => Next()), this),
            "reset" => new BoundBuiltin(new Builtin("reset", [], (_, _, _) => Reset()), this),
            _ => null,
        };

        private object Next()
        {
            object value = _values[_index];
            _index = (_index + 1) % _values.Count;
            return value;
        }

        private None Reset()
        {
            _index = 0;
            return None.Value;
        }
    }

    /// <summary>Returns nothing at the first call and the separator at all others.</summary>
    private sealed class Joiner(TemplateString separator) : Callable("joiner")
    {
        private bool _used;

        public override object Call(TemplateRun run, CallArguments arguments)
        {
            TemplateString text = _used ? separator : TemplateString.Empty;
            _used = true;
            return text;
        }
    }
}
