using System.CommandLine;
using System.Text;
using Spud.Execution;
using Spud.Generation;
using Spud.Metering;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud chat</c>: a dialogue, line by line.</summary>
internal sealed class ChatCommand
{
    private const int UsualTokens = 1024;
    private const string Marker = "> ";
    private const string Usage = "/reset forgets the dialogue, /exit or Ctrl-D ends; Ctrl-C stops an answer, twice ends.";

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly SamplingArguments _sampling;
    private readonly RequestArguments _request;
    private readonly Option<string?> _system = new("--system") { Description = $"What the model is told before the dialogue. Default for the embedded model: {Chat.EmbeddedModelSystem}", HelpName = "TEXT" };
    private readonly Option<bool> _reload = new("--reload") { Description = "For plugin authors: /reload loads the plugins anew and goes on with the dialogue. Slower; no figure of this mode counts." };

    private ChatCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_system);
        command.Options.Add(_reload);
        _sampling = new(command, UsualTokens);
        _request = new(command);
        _pipeline = new(command);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("chat", $"Talk with the model, line by line. {Usage}");
        _ = new ChatCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        GenerationOptions options = _sampling.Read(parsed);
        PriceList? prices = _request.Prices(parsed);
        _request.Apply(parsed, prices, options);
        using IDisposable? telemetry = OtlpExport.Start(_request.Collector(parsed), _shell);
        bool reloads = parsed.GetValue(_reload);
        using PluginCatalog plugins = _pipeline.Catalog(parsed, reloads);
        ChatModels models = new(new ModelLoader(_pipeline, _shell), plugins, parsed, reloads);
        if (reloads)
            _shell.Say("note: --reload runs plugins as code that can be unloaded, which is slower: no figure of this mode counts.");

        using Dialogue dialogue = new(parsed.GetValue(_system));
        dialogue.Use(models.Load());
        using StreamReader lines = new(_shell.In, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
        if (_shell.InIsTerminal)
            _shell.Say(reloads ? $"/reload loads the plugins anew, {Usage}" : Usage);

        return Converse(lines, dialogue, models, options, prices);
    }

    private int Converse(StreamReader lines, Dialogue dialogue, ChatModels models, GenerationOptions options, PriceList? prices)
    {
        while (Ask(lines) is { } line && line is not "/exit")
        {
            if (line is "/reset")
                Reset(dialogue);
            else if (line is "/reload")
                Reload(dialogue, models);
            else if (line.Length > 0 && !dialogue.HasModel)
                _shell.Say("error: no pipeline is loaded, so nobody answers. Mend what the last /reload reported, then enter /reload again.");
            else if (line.Length > 0)
                Answer(dialogue, line, options, prices, models.Reloads);
        }

        return dialogue.HasModel ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>The next line without the blanks around it; null at the end of the input.</summary>
    private string? Ask(StreamReader lines)
    {
        bool warned = false;
        _shell.Interrupts.Idle = () =>
        {
            _shell.Error.Write(warned ? "\n" : $"\n(Ctrl-C again ends)\n{Marker}");
            (bool second, warned) = (warned, true);
            return !second;
        };
        if (_shell.InIsTerminal)
            _shell.Error.Write(Marker);

        try
        {
            string? line = lines.ReadLine()?.Trim();
            if (line is null && _shell.InIsTerminal)
                _shell.Error.WriteLine();

            return line;
        }
        catch (DecoderFallbackException fault)
        {
            throw new BadInputException($"standard input: expected UTF-8, got other bytes: {fault.Message}");
        }
        finally
        {
            _shell.Interrupts.Idle = null;
        }
    }

    private void Answer(Dialogue dialogue, string line, GenerationOptions options, PriceList? prices, bool reloads)
    {
        using Interrupts.Section section = _shell.Interrupts.Begin();
        bool begun = false;
        try
        {
            Request request = dialogue.Ask(line, options, text => Print(text, ref begun), section.Token);
            _shell.Out.WriteLine();
            _shell.Out.Flush();
            if (_shell.ErrorIsTerminal)
                _shell.Say(Figures.Closing(request, request.TimeToFirstToken, prices is null ? null : Receipt.Of(request.Ledger!, prices).Charge));
        }
        catch (Exception refusal) when (_shell.InIsTerminal && refusal is ContextOverflowException or BudgetExceededException)
        {
            // A person can go on; a script had better know.
            _shell.Say($"error: {refusal.Message} /reset forgets the dialogue.");
        }
        catch (ComponentException thrown) when (reloads)
        {
            if (begun)
                _shell.Out.WriteLine();
            _shell.Say($"error: {thrown.Message} Mend the plugin, then enter /reload.");
        }
    }

    private void Reset(Dialogue dialogue)
    {
        dialogue.Reset();
        if (_shell.InIsTerminal)
            _shell.Say("(forgotten)");
    }

    private void Reload(Dialogue dialogue, ChatModels models)
    {
        if (!models.Reloads)
        {
            _shell.Say("error: /reload needs a chat that was started for it: spud chat --reload");
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
            // Whatever its plugin did, the author mends it and goes on.
            failure.Report(_shell);
        }
    }

    private void Print(string text, ref bool begun)
    {
        begun = true;
        _shell.Out.Write(text);
        _shell.Out.Flush();
    }
}
