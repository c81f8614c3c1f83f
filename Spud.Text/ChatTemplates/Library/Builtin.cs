namespace Spud.Text.ChatTemplates;

/// <summary>Implementation of a built-in, applied to its subject (a filter's or test's value, a method's receiver) with unbound arguments.</summary>
internal delegate object BuiltinBody(TemplateRun run, object subject, CallArguments arguments);

/// <summary>The same with arguments bound to the built-in's parameters.</summary>
internal delegate object BoundBody(TemplateRun run, object subject, BoundArguments arguments);

/// <summary>A filter, test, function or method that is built into the interpreter.</summary>
internal sealed class Builtin(string name, BuiltinBody body)
{
    /// <summary>Declares parameters by name; those that end in '?' are optional.</summary>
    public Builtin(string name, string[] parameters, BoundBody body)
        : this(name, (run, subject, arguments) => body(run, subject, BoundArguments.Bind(run, name, parameters, arguments)))
    {
    }

    public string Name { get; } = name;

    public object Invoke(TemplateRun run, object subject, CallArguments arguments)
    {
        run.Enter();
        object value = body(run, subject, arguments);
        run.Leave();
        return value;
    }

    public static Dictionary<string, Builtin> Table(params IEnumerable<Builtin> builtins) => builtins.ToDictionary(b => b.Name);
}
