namespace Spud.Host.Repl.Commands;

/// <summary><c>/set</c>.</summary>
internal static class SetCommand
{
    public static SessionCommand Command { get; } = new("set")
    {
        Arguments = "PATH=VALUE",
        Group = CommandGroup.Pipeline,
        Help = "Change the pipeline for the next turns.",
        Details = ["/set cache.format=q8_0", "/set experts.activations=f32"],
        Run = static (session, arguments, _) =>
        {
            if (!arguments.Contains('='))
                throw new BadInputException($"/set: expected PATH=VALUE, such as /set cache.format=q8_0, got '{arguments}'.");

            session.Swap(session.Source.With(arguments, $"/set {arguments}"));
        },
    };
}
