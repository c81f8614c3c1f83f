using Spud.Models.Messages;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/set</c>.</summary>
internal static class SetCommand
{
    private const string Parameter = "parameter ";
    private const string SystemText = "system";
    private const int LongestValue = 28;

    public static SessionCommand Command { get; } = new("set")
    {
        Arguments = "[PATH=VALUE]",
        Group = CommandGroup.Pipeline,
        Help = "Change the pipeline, or how tokens are chosen, for the next turns.",
        Details =
        [
            "/set                        list what can be set",
            "/set cache.format=q8_0      a value of the pipeline",
            "/set temperature 0.7        how tokens are chosen; 'default' is what the model recommends",
            "/set system Be brief.       what the model is told before the conversation",
        ],
        Run = static (session, arguments, _) => Run(session, arguments.StartsWith(Parameter, StringComparison.Ordinal) ? arguments[Parameter.Length..].Trim() : arguments),
        Complete = static (session, arguments) => Complete(session, arguments),
    };

    private static void Run(Session session, string arguments)
    {
        int end = arguments.AsSpan().IndexOfAny("= \t");
        (string name, string value) = end < 0 ? (arguments, "") : (arguments[..end], arguments[(end + 1)..].Trim());
        if (name.Length == 0)
            session.Say(List(session));
        else if (name == SystemText)
            session.SetSystem(value.Trim('"'));
        else if (SamplingParameter.Find(name) is { } parameter)
            Set(session, parameter, value.Trim('"'));
        else if (value.Length == 0)
            throw new BadInputException($"/set: expected PATH=VALUE, such as /set cache.format=q8_0, got '{arguments}'.{Suggestion.Hint(name, Known(session))} /set lists what can be set.");
        else
            session.Swap(session.Source.With($"{(name == "num_ctx" ? "context" : name)}={value}", $"/set {arguments}"));
    }

    private static void Set(Session session, SamplingParameter parameter, string value)
    {
        session.Settings = parameter.Parse(session.Settings, value) ?? throw new BadInputException($"/set {parameter.Name}: expected {parameter.Expected}, got '{value}'.");
        session.Say($"From the next turn on: {parameter.Name} {parameter.Read(session.Settings)}.");
    }

    private static IEnumerable<string> Known(Session session) =>
        SamplingParameter.All.Select(parameter => parameter.Name).Concat(session.Pipeline?.Settings.All.Select(setting => setting.Path) ?? []);

    private static string List(Session session)
    {
        StringWriter text = new();
        TextTable table = new("<<<");
        table.Add("setting", "value", "may be");
        foreach (PipelineSetting setting in session.Pipeline?.Settings.All ?? [])
            table.Add(setting.Path, Ending(setting.Value ?? ""), setting.Allowed.IsEmpty ? setting.Expected : string.Join(", ", setting.Allowed));
        foreach (SamplingParameter parameter in SamplingParameter.All)
            table.Add(parameter.Name, parameter.Read(session.Settings), parameter.Expected);

        table.Write(text);
        return $"{text}".TrimEnd();
    }

    // A path is known by its end.
    private static string Ending(string value) => value.Length <= LongestValue ? value : $"…{value[^(LongestValue - 1)..]}";

    private static IEnumerable<string> Complete(Session session, string typed)
    {
        int equals = typed.IndexOf('=');
        if (equals > 0)
            return session.Pipeline?.Settings[typed[..equals]]?.Allowed.Select(value => $"{typed[..equals]}={value}") ?? [];

        return (session.Pipeline?.Settings.All.Select(setting => $"{setting.Path}=") ?? []).Concat(SamplingParameter.All.Select(parameter => $"{parameter.Name} ")).Append($"{SystemText} ");
    }
}
