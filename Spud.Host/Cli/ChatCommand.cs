using System.CommandLine;
using System.Text;
using Spud.Runtime;
using Spud.Runtime.ChatTemplates;
using Spud.Runtime.Execution;
using Spud.Runtime.Generation;
using Spud.Runtime.Metering;

namespace Spud.Host;

/// <summary><c>spud chat</c>: a dialogue, line by line.</summary>
internal sealed class ChatCommand
{
    private const int UsualTokens = 1024;
    private const string Marker = "> ";

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly SamplingArguments _sampling;
    private readonly RequestArguments _request;
    private readonly Option<string?> _system = new("--system") { Description = $"What the model is told before the dialogue. Default for the embedded model: {Chat.EmbeddedModelSystem}", HelpName = "TEXT" };

    private ChatCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_system);
        _sampling = new(command, UsualTokens);
        _request = new(command);
        _pipeline = new(command);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("chat", "Talk with the model, line by line. /reset forgets the dialogue, /exit or Ctrl-D ends; Ctrl-C stops an answer, twice ends.");
        _ = new ChatCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        GenerationOptions options = _sampling.Read(parsed);
        PriceList? prices = _request.Prices(parsed);
        _request.Apply(parsed, prices, options);
        using LanguageModel model = new ModelLoader(_pipeline, _shell).Load(parsed);
        Chat.RequireTemplate(model);
        using Dialogue dialogue = new(model, parsed.GetValue(_system));
        using StreamReader lines = new(_shell.In, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
        if (_shell.InIsTerminal)
            _shell.Say("/reset forgets the dialogue, /exit or Ctrl-D ends; Ctrl-C stops an answer, twice ends.");

        while (Ask(lines) is { } line && line is not "/exit")
        {
            if (line is "/reset")
                Reset(dialogue);
            else if (line.Length > 0)
                Answer(dialogue, line, options, prices);
        }

        return ExitCodes.Done;
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

    private void Answer(Dialogue dialogue, string line, GenerationOptions options, PriceList? prices)
    {
        using Interrupts.Section section = _shell.Interrupts.Begin();
        try
        {
            TextGeneration generation = dialogue.Ask(line, options, Print, section.Token);
            _shell.Out.WriteLine();
            _shell.Out.Flush();
            if (_shell.ErrorIsTerminal)
                _shell.Say(Figures.Closing(generation, generation.TimeToFirstToken, prices is null ? null : Receipt.Of(generation.Ledger!, prices).Charge));
        }
        catch (Exception refusal) when (_shell.InIsTerminal && refusal is ContextOverflowException or BudgetExceededException)
        {
            // A person can go on; a script had better know.
            _shell.Say($"error: {refusal.Message} /reset forgets the dialogue.");
        }
    }

    private void Reset(Dialogue dialogue)
    {
        dialogue.Reset();
        if (_shell.InIsTerminal)
            _shell.Say("(forgotten)");
    }

    private void Print(string text)
    {
        _shell.Out.Write(text);
        _shell.Out.Flush();
    }

    /// <summary>A conversation and what of it is computed.</summary>
    private sealed class Dialogue(LanguageModel model, string? system) : IDisposable
    {
        private readonly TextSession _session = new(model);
        private readonly List<ChatMessage> _messages = [.. Chat.Opening(model, system)];

        public void Reset()
        {
            _messages.Clear();
            _messages.AddRange(Chat.Opening(model, system));
        }

        /// <summary>Adds a question and its answer, also one that was interrupted; a question that does not fit is not kept.</summary>
        public TextGeneration Ask(string question, GenerationOptions options, Action<string> onText, CancellationToken cancellation)
        {
            ChatMessage[] asked = [.. _messages, new("user", question)];
            TextGeneration generation = _session.Generate(model.Encode(asked), options, cancellation);
            StringBuilder answer = new();
            foreach (TextPiece piece in generation)
            {
                onText(piece.Text);
                answer.Append(piece.Text);
            }

            _messages.Add(asked[^1]);
            _messages.Add(new("assistant", answer.ToString()));
            return generation;
        }

        public void Dispose() => _session.Dispose();
    }
}
