using System.CommandLine;
using Spud.Execution;
using Spud.Generation;
using Spud.Metering;
using Spud.Plugins;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary><c>spud chat</c>: a dialogue, line by line.</summary>
internal sealed class ChatCommand
{
    private const int UsualTokens = 1024;
    private const string Usage = "/reset clears the dialogue, /exit or Ctrl-D ends, /help lists this; Ctrl-C stops an answer, twice ends.";

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly SamplingArguments _sampling;
    private readonly RequestArguments _request;
    private readonly ConversationArguments _conversation;
    private readonly Option<bool> _reload = new("--reload") { Description = "For plugin authors: /reload loads the plugins again and continues the dialogue. Slower: do not measure in this mode." };

    private readonly Option<bool> _plain = new("--plain") { Description = "Line by line, without a screen of its own." };

    private readonly Option<bool> _rawOutput = SamplingArguments.RawOutput();
    private bool _rawText;

    private ChatCommand(Command command, Shell shell)
    {
        _shell = shell;
        _conversation = new(command);
        command.Options.Add(_plain);
        command.Options.Add(_reload);
        command.Options.Add(_rawOutput);
        _sampling = new(command, UsualTokens);
        _request = new(command, shell);
        _pipeline = new(command, shell);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("chat", $"Chat with the model: on a screen of its own, or line by line where there is none. There, {Usage}");
        _ = new ChatCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        _rawText = parsed.GetValue(_rawOutput);
        GenerationOptions options = _sampling.Read(parsed);
        PriceList? prices = _request.Prices(parsed);
        _request.Apply(parsed, prices, options);
        using IDisposable? telemetry = OtlpExport.Start(_request.Collector(parsed), _shell);
        bool reloads = parsed.GetValue(_reload);
        using PluginCatalog plugins = _pipeline.Catalog(parsed, reloads);
        if (_shell.HasScreen && !parsed.GetValue(_plain) && !_rawText)
            return Repl.Screen.ReplApplication.Run(_shell, Setup(parsed, plugins, options, prices, reloads), Places.InputHistory());

        ChatModels models = new(new ModelLoader(_pipeline, _shell), plugins, parsed, reloads);
        if (reloads)
            _shell.Say("note: --reload runs plugins as unloadable code, which is slower: do not measure in this mode.");

        using Dialogue dialogue = new(_conversation.SystemText(parsed), _conversation.Template(parsed, _shell));
        LanguageModel model = models.Load();
        dialogue.Use(model);
        options.Sampling = _sampling.Sampling(parsed, model);
        if (_shell.InIsTerminal)
            _shell.Say(HelpText(models));

        using ChatInput input = new(_shell);
        return Converse(input, dialogue, models, options, prices);
    }

    private Repl.SessionSetup Setup(ParseResult parsed, PluginCatalog plugins, GenerationOptions options, PriceList? prices, bool reloads) => new()
    {
        Plugins = plugins,
        Source = _pipeline.Source(parsed),
        Threads = _pipeline.Threads(parsed),
        System = _conversation.SystemText(parsed),
        Template = _conversation.Template(parsed, _shell),
        Reloads = reloads,
        Settings = new()
        {
            Sampling = _sampling.Choice(parsed),
            MaxTokens = options.MaxTokens ?? UsualTokens,
            StopStrings = options.StopStrings,
            Budget = options.Budget,
            Effort = options.Effort,
            Prices = prices,
        },
    };

    private static string HelpText(ChatModels models) => models.Reloads ? $"/reload loads the plugins again, {Usage}" : Usage;

    private int Converse(ChatInput input, Dialogue dialogue, ChatModels models, GenerationOptions options, PriceList? prices)
    {
        bool allAnswered = true;
        while (input.Next() is { } message && message is not "/exit")
        {
            if (message is "/reset")
                Reset(dialogue);
            else if (message is "/reload")
                Reload(dialogue, models);
            else if (message is "/help")
                _shell.Say(HelpText(models));
            else if (IsCommand(message))
                _shell.Say($"error: unknown command '{message}'. {HelpText(models)} To send it as a message, write /{message}.");
            else if (message.Length > 0 && !dialogue.HasModel)
                _shell.Say("error: no pipeline is loaded, so nothing can answer. Correct what the last /reload reported, then enter /reload again.");
            else if (message.Length > 0)
                allAnswered &= Answer(dialogue, message.StartsWith("//", StringComparison.Ordinal) ? message[1..] : message, options, prices, models.Reloads);
        }

        return dialogue.HasModel && allAnswered ? ExitCodes.Done : ExitCodes.Failed;
    }

    // One word after a slash; a path or a sentence that begins with one is a message.
    private static bool IsCommand(string message) => message is ['/', _, ..] && message.Skip(1).All(char.IsAsciiLetter);

    /// <returns>False if the question could not be answered and a script should know.</returns>
    private bool Answer(Dialogue dialogue, string line, GenerationOptions options, PriceList? prices, bool reloads)
    {
        using Interrupts.Section section = _shell.Interrupts.Begin();
        try
        {
            Request request = dialogue.Ask(line, options, parser => new(_shell, parser, isShown: true, _rawText), section.Token);
            if (_shell.ErrorIsTerminal)
                _shell.Say(Figures.Closing(request, request.TimeToFirstToken, prices is null ? null : Receipt.Of(request.Ledger!, prices).Charge, options.Sampling));
        }
        catch (Exception fault) when ((_shell.InIsTerminal || fault is TemplateException || reloads && fault is ComponentException) && Failure.Of(fault) is { Message.Length: > 0 } failure)
        {
            // A person can go on, whatever failed; so can a script whose message the template refuses. It fails at the end.
            string advice = fault is ComponentException && reloads ? "Correct the plugin, then enter /reload." : "The message was not added to the dialogue; /reset clears the dialogue.";
            _shell.NoteFailure(fault);
            (failure with { Message = $"{failure.Message}{(failure.Message[^1] is '.' or '!' or '?' ? "" : ".")} {advice}" }).Report(_shell);
            return _shell.InIsTerminal || fault is not TemplateException;
        }

        return true;
    }

    private void Reset(Dialogue dialogue)
    {
        dialogue.Reset();
        if (_shell.InIsTerminal)
            _shell.Say("(dialogue reset)");
    }

    private void Reload(Dialogue dialogue, ChatModels models)
    {
        if (!models.Reloads)
        {
            _shell.Say("error: /reload needs a chat started with: spud chat --reload");
            return;
        }

        try
        {
            dialogue.LetGo();
            dialogue.Use(models.LoadAgain());
            _shell.Say($"(reloaded: {models.Plugins})");
        }
        catch (Exception fault) when (Failure.Of(fault) is { Message.Length: > 0 } failure)
        {
            // Whatever its plugin did, the author corrects it and goes on.
            _shell.NoteFailure(fault);
            failure.Report(_shell);
        }
    }
}
