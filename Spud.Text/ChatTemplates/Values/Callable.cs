namespace Spud.Text.ChatTemplates;

/// <summary>A value that can be called: a function, a method of a value, a macro.</summary>
internal abstract class Callable(string name)
{
    public string Name { get; } = name;

    public abstract object Call(TemplateRun run, CallArguments arguments);
}

/// <summary>A built-in with its subject: a method with its receiver, or a function without one.</summary>
internal sealed class BoundBuiltin(Builtin builtin, object subject) : Callable(builtin.Name)
{
    public override object Call(TemplateRun run, CallArguments arguments) => builtin.Invoke(run, subject, arguments);
}
