using Spud.Configuration;
using Spud.Models.Messages;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/use</c>.</summary>
internal static class UseCommand
{
    public static SessionCommand Command { get; } = new("use")
    {
        Arguments = "ROLE COMPONENT [OPTION=VALUE …]",
        Group = CommandGroup.Pipeline,
        Help = "Go on with another component of a role, with its usual options or these.",
        Details = ["/use experts onnx", "/use cache plain format=q8_0", "/use drafter lookup length=4", "/use drafter none", "/use depth skip layers=14"],
        Complete = static (session, typed) => Roles.Exchangeable.SelectMany(role => (session.Pipeline?.Settings.Components.GetValueOrDefault(role) ?? []).Select(name => $"{role} {name}")),
        Run = static (session, arguments, _) =>
        {
            IReadOnlyList<string> words = CommandLineText.Words(arguments);
            if (words.Count < 2)
                throw new BadInputException("/use: expected a role and a component, such as /use experts onnx");
            if (!Roles.Exchangeable.Contains(words[0]))
                throw new BadInputException($"/use: unknown role '{words[0]}'.{Suggestion.Hint(words[0], Roles.Exchangeable)} Known: {string.Join(", ", Roles.Exchangeable)}.");

            // A name alone replaces the whole entry: the previous component's options do not apply to this one.
            PipelineSource source = session.Source.With($"{words[0]}={words[1]}", $"/use {arguments}");
            session.Swap(words.Skip(2).Aggregate(source, (changed, option) => changed.With($"{words[0]}.{option}", $"/use {arguments}")));
        },
    };
}
