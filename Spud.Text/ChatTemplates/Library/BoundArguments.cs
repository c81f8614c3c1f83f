namespace Spud.Text.ChatTemplates;

/// <summary>Arguments in the order of a built-in's parameters, with typed access.</summary>
internal sealed class BoundArguments
{
    private readonly TemplateRun _run;
    private readonly string _name;
    private readonly string[] _parameters;
    private readonly object?[] _values;

    private BoundArguments(TemplateRun run, string name, string[] parameters)
    {
        _run = run;
        _name = name;
        _parameters = parameters;
        _values = new object?[parameters.Length];
    }

    /// <summary>The argument, null if it was omitted.</summary>
    public object? this[int index] => _values[index];

    public static BoundArguments Bind(TemplateRun run, string name, string[] parameters, CallArguments arguments)
    {
        if (arguments.Positional.Count > parameters.Length)
            throw run.Fail($"'{name}' expects at most {parameters.Length} arguments, got {arguments.Positional.Count}");
        var bound = new BoundArguments(run, name, parameters);
        for (int i = 0; i < arguments.Positional.Count; i++)
            bound._values[i] = arguments.Positional[i];
        foreach ((string parameter, object value) in arguments.Named)
            bound.SetNamed(parameter, value);
        for (int i = 0; i < parameters.Length; i++)
        {
            if (bound._values[i] is null && !parameters[i].EndsWith('?'))
                throw run.Fail($"'{name}' expects an argument '{parameters[i]}'");
        }

        return bound;
    }

    /// <summary>A string that is only read; None and a missing argument give <paramref name="otherwise"/>.</summary>
    public string? Text(int index, string? otherwise = null) => String(index)?.Text ?? otherwise;

    /// <summary>A string that becomes part of another one; null for None and a missing argument.</summary>
    public TemplateString? String(int index) => _values[index] switch
    {
        null or None => null,
        TemplateString text => text,
        object value => throw Refuse(index, "a string", value),
    };

    /// <summary>An integer; None and a missing argument give <paramref name="otherwise"/>.</summary>
    public long Integer(int index, long otherwise) => _values[index] switch
    {
        null or None => otherwise,
        object value => ValueTypes.TryGetInteger(value, out long number) ? number : throw Refuse(index, "an integer", value),
    };

    public bool Flag(int index) => _values[index] is { } value && ValueTypes.IsTrue(value);

    private void SetNamed(string parameter, object value)
    {
        int index = Array.FindIndex(_parameters, p => p.TrimEnd('?') == parameter);
        if (index < 0)
        {
            string known = _parameters.Length == 0 ? "it takes none" : $"known: {string.Join(", ", _parameters.Select(p => p.TrimEnd('?')))}";
            throw _run.Fail($"'{_name}' has no argument '{parameter}'; {known}");
        }

        if (_values[index] is not null)
            throw _run.Fail($"'{_name}' got its argument '{parameter}' twice");
        _values[index] = value;
    }

    private TemplateException Refuse(int index, string expected, object value) =>
        _run.Fail($"argument '{_parameters[index].TrimEnd('?')}' of '{_name}' expects {expected}, got {ValueTypes.Describe(value)}");
}
