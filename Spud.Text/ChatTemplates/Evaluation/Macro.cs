namespace Spud.Text.ChatTemplates;

/// <summary>A macro with the scope in which it was defined.</summary>
internal sealed class Macro(MacroDefinition definition, Scope scope, Evaluator evaluator) : Callable(definition.Name)
{
    public override object Call(TemplateRun run, CallArguments arguments)
    {
        run.Enter();
        var inner = new Scope(scope);
        int given = Math.Min(arguments.Positional.Count, definition.Parameters.Count);
        for (int i = 0; i < given; i++)
            inner.Set(definition.Parameters[i].Name, arguments.Positional[i]);
        SetNamed(run, arguments, inner, given);
        inner.Set("varargs", new TemplateList([.. arguments.Positional.Skip(given)], isTuple: true));
        for (int i = given; i < definition.Parameters.Count; i++)
            SetDefault(arguments, inner, i);
        TemplateString text = evaluator.Capture(definition.Body, inner);
        run.Leave();
        return text;
    }

    private void SetNamed(TemplateRun run, CallArguments arguments, Scope inner, int given)
    {
        var rest = new TemplateMap();
        foreach ((string name, object value) in arguments.Named)
        {
            int index = IndexOf(name);
            if (index >= 0 && index < given)
                throw run.Fail($"macro '{Name}' got its argument '{name}' twice");
            if (index >= 0 || name == "caller")
                inner.Set(name, value);
            else
                rest.Set(run, name, value);
        }

        inner.Set("kwargs", rest);
    }

    private void SetDefault(CallArguments arguments, Scope inner, int index)
    {
        (string name, Expression? value) = definition.Parameters[index];
        if (arguments.Named.Any(a => a.Name == name))
            return;
        inner.Set(name, value is null ? new Undefined($"parameter '{name}' of macro '{Name}' was not given") : evaluator.Evaluate(value, inner));
    }

    private int IndexOf(string name)
    {
        for (int i = 0; i < definition.Parameters.Count; i++)
        {
            if (definition.Parameters[i].Name == name)
                return i;
        }

        return -1;
    }
}
