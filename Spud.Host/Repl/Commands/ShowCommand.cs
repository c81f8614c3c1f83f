using Spud.Composition;
using Spud.Models.Messages;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/show</c>.</summary>
internal static class ShowCommand
{
    private static readonly string[] s_subjects = ["pipeline", "model", "system", "settings", "template", "turn", "conversation"];

    public static SessionCommand Command { get; } = new("show")
    {
        Aliases = ["info"],
        Arguments = "[WHAT]",
        Group = CommandGroup.Answers,
        Help = $"Show one of: {string.Join(", ", s_subjects)}.",
        Details = ["/show                the pipeline: components, memory, cost of a token", "/show turn 2         what an answer cost, by role", "/show conversation   everything that was said"],
        Run = static (session, arguments, _) => session.Say(Text(session, arguments)),
        Complete = static (_, _) => s_subjects,
    };

    private static string Text(Session session, string arguments)
    {
        int end = arguments.IndexOf(' ');
        (string subject, string rest) = end < 0 ? (arguments, "") : (arguments[..end], arguments[end..].Trim());
        return subject switch
        {
            "" or "pipeline" => Written(to => new ExplanationText(to).Write(Pipeline(session).Explanation)),
            "model" or "info" or "modelfile" => Model(Pipeline(session).Explanation.Model),
            "system" => session.Conversation.System ?? "The model is told what it is usually told.",
            "settings" or "parameters" => string.Join('\n', SamplingParameter.All.Select(parameter => $"{parameter.Name} {parameter.Read(session.Settings)}")),
            "template" => session.Template ?? "There is no chat template.",
            "turn" => Turn(session.TurnOf(TurnNumber.Of(rest, "/show turn", session.Conversation.Turns.Count))),
            "conversation" or "history" => string.Join('\n', session.Conversation.Turns.Select(turn => $"{turn.Number}. {turn.Question}\n{turn.Answer}\n")),
            _ => throw new BadInputException($"/show: unknown '{subject}'.{Suggestion.Hint(subject, s_subjects)} Known: {string.Join(", ", s_subjects)}."),
        };
    }

    private static PipelineState Pipeline(Session session) => session.Pipeline ?? throw new BadInputException("no pipeline is loaded.");

    private static string Model(ModelExplanation model) =>
        $"{model.Name ?? Path.GetFileName(model.Path)}, family {model.Architecture}, {Units.Count(model.Parameters)} parameters, {Units.Bytes(model.FileBytes)}, {model.Layers} layers, made for {model.ContextTokens} tokens\n{model.Path}";

    private static string Turn(Turn turn) => Written(to =>
    {
        to.WriteLine($"turn {turn.Number}: {turn.Pipeline.Summary}{(turn.IsMixed ? ", history computed in part by another pipeline" : "")}");
        to.WriteLine($"prompt {turn.PromptIds.Length} tokens, {turn.ReusedTokens} reused; generated {turn.Tokens.Count}; first token after {turn.TimeToFirstToken.TotalSeconds:0.00} s; prefill {turn.PrefillSpeed:0.0}/s, decode {turn.DecodeSpeed:0.0}/s; seed {turn.Seed}");
        if (turn.Receipt is { } receipt)
            ReceiptOutput.WriteTable(receipt, to);
    });

    private static string Written(Action<TextWriter> write)
    {
        StringWriter text = new();
        write(text);
        return $"{text}".TrimEnd();
    }
}
