using System.Text.Json;
using Spud.Generation;
using Spud.Metering;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>Questions and answers.</summary>
internal sealed partial class Session
{
    /// <summary>Asks a question; the answer is reported as it comes, and becomes part of the conversation, also one that was stopped.</summary>
    /// <returns>The turn, complete.</returns>
    /// <exception cref="BadInputException">No pipeline is loaded.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    /// <inheritdoc cref="LanguageModel.Generate(IReadOnlyList{int}, GenerationOptions, CancellationToken)" path="/exception"/>
    /// <inheritdoc cref="Request.ToBlockingEnumerable" path="/exception"/>
    public Turn Ask(string question, CancellationToken cancellation = default)
    {
        LanguageModel model = Model();
        RenderedPrompt prompt = model.Render(Conversation.With(model, question));
        int[] ids = model.Encode(prompt);
        GenerationOptions options = _settings.For(model);
        Request request = model.Generate(_texts!.For(ids), ids, options, cancellation);
        Turn turn = new() { Number = Conversation.Turns.Count + 1, Question = question, Pipeline = Pipeline!.Frozen, PromptIds = [.. ids] };
        Report(new TurnStarted(turn));
        try
        {
            _saved.Begin(Conversation, turn);
            Read(request, turn, model, AnswerParser.For(model.ChatTemplate, prompt.Text));
            Conversation.Add(turn);
        }
        catch (Exception fault)
        {
            turn.Fault = Failure.Of(fault).Message;
            throw;
        }
        finally
        {
            Close(turn, request, options);
            if (_settings is { BudgetOnce: true })
                Settings = _settings with { Budget = null, BudgetOnce = false };
        }

        return turn;
    }

    private void Read(Request request, Turn turn, LanguageModel model, AnswerParser parser)
    {
        TurnReader reader = new(turn, request, model.Tokenizer, Report);
        foreach (TextPiece piece in request.ToBlockingEnumerable())
        {
            reader.Take(piece);
            reader.Show(parser.Append(piece.Text));
            _saved.Progress(Conversation, turn, () => parser.Answer.Final);
        }

        reader.Show(parser.Flush());
        Answer answer = parser.Answer;
        (turn.Answer, turn.Reasoning) = (answer.Final, answer.Reasoning);
        turn.ToolCalls = answer.ToMessage().ToolCalls is { } calls ? JsonSerializer.Serialize(calls, RecordJson.Default.JsonElement) : null;
    }

    private void Close(Turn turn, Request request, GenerationOptions options)
    {
        (turn.Finish, turn.ReusedTokens, turn.Seed) = (request.Finish, request.ReusedTokens, request.Seed);
        (turn.TimeToFirstToken, turn.DecodeTime) = (request.TimeToFirstToken, request.DecodeTime);
        turn.Receipt = request.Ledger is { } ledger ? Receipt.Of(ledger, _settings.Prices) : null;
        turn.Closing = Figures.Closing(request, request.TimeToFirstToken, turn.Receipt?.Charge, options.Sampling);
        _saved.End(Conversation, turn);
        Report(new TurnFinished(turn));
    }
}
