using System.CommandLine;
using Spud.Generation;
using Spud.Host.Repl;
using Spud.Host.Repl.Plain;
using Spud.Host.Repl.Storage;
using Spud.Metering;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud chat</c>: an interactive conversation, line by line.</summary>
internal sealed class ChatCommand
{
    private const int DefaultMaxTokens = 1024;
    private const int DefaultPagesMebibytes = 1024;
    private const string Usage = "/help lists the commands, /clear begins a new conversation, /quit or Ctrl-D ends; Ctrl-C stops an answer, twice ends.";

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly SamplingArguments _sampling;
    private readonly FormatArguments _format;
    private readonly RequestArguments _request;
    private readonly ConversationArguments _conversation;
    private readonly Option<bool> _reload = new("--reload") { Description = "For plugin authors: /reload loads the plugins again and continues the conversation. Slower: do not measure in this mode." };

    private readonly Option<bool> _plain = new("--plain") { Description = "Line by line, without a screen of its own." };
    private readonly Option<bool> _noSave = new("--no-save") { Description = "Save nothing. Else a conversation at a terminal is saved as it goes on; see 'spud conversations'." };
    private readonly Option<int?> _savedPages = Values.Integer("--saved-pages", 0, int.MaxValue, $"MiB of disk for the keys and values of saved conversations, which are then not computed again when one is loaded; 0 for none. Default: {DefaultPagesMebibytes}.");
    private readonly Option<bool> _rawOutput = SamplingArguments.RawOutput();

    private ChatCommand(Command command, Shell shell)
    {
        _shell = shell;
        _conversation = new(command);
        command.Options.Add(_plain);
        command.Options.Add(_reload);
        command.Options.Add(_noSave);
        command.Options.Add(_savedPages);
        command.Options.Add(_rawOutput);
        _sampling = new(command, DefaultMaxTokens);
        _format = new(command, shell);
        _request = new(command, shell);
        _pipeline = new(command, shell);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("chat", $"Chat with the model, on a full screen or line by line: {Usage}");
        _ = new ChatCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        PriceList? prices = _request.Prices(parsed);
        using IDisposable? telemetry = OtlpExport.Start(_request.Collector(parsed), _shell);
        bool reloads = parsed.GetValue(_reload);
        using PluginCatalog plugins = _pipeline.Catalog(parsed, reloads);
        SessionSetup setup = Setup(parsed, plugins, prices);
        if (_shell.HasScreen && !parsed.GetValue(_plain) && !parsed.GetValue(_rawOutput))
            return Repl.Screen.ReplApplication.Run(_shell, setup, parsed.GetValue(_noSave) ? null : Places.InputHistory());

        if (reloads)
            _shell.Say("note: --reload runs plugins as unloadable code, which is slower: do not measure in this mode.");

        return Converse(setup, parsed.GetValue(_rawOutput));
    }

    private SessionSetup Setup(ParseResult parsed, PluginCatalog plugins, PriceList? prices)
    {
        GenerationOptions options = _sampling.Read(parsed);
        _request.Apply(parsed, prices, options);
        return new()
        {
            Plugins = plugins,
            Source = _pipeline.Source(parsed),
            Threads = _pipeline.Threads(parsed),
            System = _conversation.SystemText(parsed),
            Template = _conversation.Template(parsed, _shell),
            Trials = _request.Collector(parsed) is null && !parsed.GetValue(_reload) && !_pipeline.NamesPlugins(parsed),
            Reloads = parsed.GetValue(_reload),
            Store = parsed.GetValue(_noSave) ? null : DataFolder.Conversations(),
            Pages = parsed.GetValue(_noSave) ? null : DataFolder.Pages(),
            PagesBytes = (parsed.GetValue(_savedPages) ?? DefaultPagesMebibytes) * (1L << 20),
            Saves = _shell.InIsTerminal,
            Files = _shell.Files,
            Settings = new()
            {
                Sampling = _sampling.Choice(parsed),
                MaxTokens = options.MaxTokens ?? DefaultMaxTokens,
                StopStrings = options.StopStrings,
                Format = _format.Read(parsed),
                Budget = options.Budget,
                Effort = options.Effort,
                Prefer = options.Prefer,
                Prices = prices,
            },
        };
    }

    private int Converse(SessionSetup setup, bool rawText)
    {
        using PlainChat chat = new(_shell, rawText);
        using Session session = new(setup, chat.Show);
        Loading.Show("loading the model", () => { session.Open(); return true; }, _shell);
        if (_shell.InIsTerminal)
            _shell.Say(Usage);

        using ChatInput input = new(_shell);
        return chat.Converse(session, input, setup.Reloads) ? ExitCodes.Done : ExitCodes.Failed;
    }
}
