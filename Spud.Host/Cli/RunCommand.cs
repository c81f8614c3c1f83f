using System.CommandLine;
using System.Diagnostics;
using Spud.Generation;
using Spud.Metering;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary><c>spud run</c>: one prompt, one answer.</summary>
internal sealed class RunCommand
{
    private const int DefaultMaxTokens = 1024;

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly SamplingArguments _sampling;
    private readonly RequestArguments _request;
    private readonly FormatArguments _format;
    private readonly Argument<string?> _prompt = new("prompt") { Description = "The prompt. Put a prompt that starts with '-' after '--'.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Read the prompt from a file, '-' for standard input. One line break at its end is dropped.", HelpName = "FILE" };
    private readonly Option<bool> _raw = new("--raw") { Description = "Continue the prompt as it is, without the model's chat template." };
    private readonly Option<bool> _parseSpecial = TextArguments.SpecialOption("With --raw: ");
    private readonly ConversationArguments _conversation;
    private readonly Option<string?> _cacheFile = new("--cache-file")
    {
        Description = "Keep keys and values of prompt and answer in a file; of a prompt that begins like the text in it, only the rest is read.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _receipt = new("--receipt") { Description = "Write the receipt: JSON to a file, '-' for a table on standard error.", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print text and figures as one JSON document at the end." };

    private readonly Option<bool> _rawOutput = SamplingArguments.RawOutput();

    private RunCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Arguments.Add(_prompt);
        foreach (Option option in new Option[] { _file, _raw, _parseSpecial, _rawOutput })
            command.Options.Add(option);

        _conversation = new(command);
        _sampling = new(command, DefaultMaxTokens);
        _format = new(command, shell);
        _request = new(command, shell);
        command.Options.Add(_cacheFile);
        command.Options.Add(_receipt);
        _pipeline = new(command, shell);
        command.Options.Add(_json);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("run", "Answer a prompt.");
        _ = new RunCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        bool raw = parsed.GetValue(_raw);
        string? system = _conversation.SystemText(parsed);
        ChatTemplate? template = _conversation.Template(parsed, _shell);
        if (raw && (system is not null || template is not null))
            throw new BadInputException("--system and --chat-template need a conversation, but --raw has none. Use one or the other.");

        if (!raw && parsed.GetValue(_parseSpecial))
            throw new BadInputException("--parse-special needs --raw: in a conversation, only the chat template writes control tokens.");

        string prompt = Prompt(parsed);
        GenerationOptions options = _sampling.Read(parsed);
        AnswerFormat? format = _format.Read(parsed);
        PriceList? prices = _request.Prices(parsed);
        _request.Apply(parsed, prices, options);
        using IDisposable? telemetry = OtlpExport.Start(_request.Collector(parsed), _shell);
        using LanguageModel model = new ModelLoader(_pipeline, _shell).Load(parsed);
        options.Sampling = _sampling.Sampling(parsed, model);
        model.ChatTemplate = template;
        model.RequireRoom(prompt);
        RenderedPrompt? rendered = raw ? null : Chat.Render(model, [.. Chat.Opening(model, system), new("user", prompt)]);
        int[] ids = rendered is null ? model.Encode(prompt, parsed.GetValue(_parseSpecial)) : model.Encode(rendered);
        if (ids.Length == 0)
            throw new BadInputException("the prompt has no tokens.");

        options.Constraint = format?.For(model, rendered);
        using Interrupts.Section section = _shell.Interrupts.Begin();
        using KeptText? kept = KeptText.Open(model, parsed.GetValue(_cacheFile), options.Effort, _shell);
        using ReceiptOutput receipt = new(parsed.GetValue(_receipt), prices, _shell);
        Request request = kept is null ? model.Generate(ids, options, section.Token) : model.Generate(kept.Sequence, ids, options, section.Token);
        try
        {
            Answer(request, options, AnswerParser.For(raw ? null : model.ChatTemplate, rendered?.Text ?? ""), parsed, prices);
        }
        finally
        {
            // Completed work is billed, however the run ended.
            if (request.Ledger is { } ledger)
                receipt.Write(ledger);
        }

        kept?.Save();
        return request.Finish == FinishReason.Cancelled ? ExitCodes.Interrupted : ExitCodes.Done;
    }

    private void Answer(Request request, GenerationOptions options, AnswerParser parser, ParseResult parsed, PriceList? prices)
    {
        bool json = parsed.GetValue(_json);
        RunTimes times = new(_shell);
        using AnswerOutput output = new(_shell, isShown: !json, parsed.GetValue(_rawOutput));
        foreach (TextPiece piece in request.ToBlockingEnumerable())
        {
            times.Note();
            output.Show(parser.Append(piece.Text));
        }

        output.Show(parser.Flush());
        output.End();
        ReceiptCharge? charge = prices is null ? null : Receipt.Of(request.Ledger!, prices).Charge;
        if (json)
            _shell.WriteJson(Result(request, parser.Answer, times, charge), ResultJson.Readable.RunResult);

        _shell.Say(Figures.Closing(request, times.ToFirstToken, charge, options.Sampling));
    }

    private string Prompt(ParseResult parsed)
    {
        (string? text, string? file) = (parsed.GetValue(_prompt), parsed.GetValue(_file));
        if (text is not null && file is not null)
            throw new BadInputException("the prompt is given twice (argument and -f). Use one.");
        if (text is null && file is null)
            throw new BadInputException("no prompt is given. Give it in quotes, with -f FILE, or with -f - for standard input.");

        string prompt = text ?? InputText.ReadPrompt(file!, _shell);
        return string.IsNullOrWhiteSpace(prompt) ? throw new BadInputException("the prompt is empty.") : prompt;
    }

    private static RunResult Result(Request request, Answer answer, RunTimes times, ReceiptCharge? charge) => new(
        answer.Final,
        answer.Reasoning,
        answer.ToolCalls.Count == 0 ? null : [.. answer.ToolCalls],
        Figures.Name(request.Finish),
        request.StopString,
        request.PromptTokens,
        request.ReusedTokens,
        request.GeneratedTokens,
        Figures.Prefill(request),
        Figures.Decode(request),
        times.ToFirstToken.TotalSeconds,
        request.Seed,
        request.Ledger!.ComputeUnits,
        charge?.Total,
        charge?.Currency,
        request.Ledger.Drafts is { } drafts ? ReceiptDrafts.Of(drafts) : null);

    /// <summary>Time of the first token since the start of the process: how long the user waited.</summary>
    private sealed class RunTimes(Shell shell)
    {
        private long _first;

        public TimeSpan ToFirstToken
        {
            get
            {
                if (_first == 0)
                    return TimeSpan.Zero;

                return DateTime.Now - Started() - Stopwatch.GetElapsedTime(_first);
            }
        }

        // ./spud becomes this process after building; the time before that does not count.
        private DateTime Started()
        {
            if (Environment.GetEnvironmentVariable("SPUD_BUILT") is not null)
                return shell.Started;

            using Process self = Process.GetCurrentProcess();
            return self.StartTime;
        }

        public void Note()
        {
            if (_first == 0)
                _first = Stopwatch.GetTimestamp();
        }
    }
}
