using System.Text.Json;
using Spud.Execution;
using Spud.Generation;
using Spud.Metering;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>A question that a pipeline is answering.</summary>
internal sealed class Answering
{
    private readonly GenerationOptions _options;
    private readonly AnswerParser _parser;
    private readonly TurnReader _reader;

    /// <param name="by">The pipeline that answers.</param>
    /// <param name="before">The conversation so far.</param>
    /// <param name="question">The question.</param>
    /// <param name="text">Returns the held text to continue, given the token ids of the prompt.</param>
    /// <param name="settings">Settings of the turn.</param>
    /// <param name="report">Receives tokens and text.</param>
    /// <param name="cancellation">Stops the answer.</param>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    /// <inheritdoc cref="LanguageModel.Generate(IReadOnlyList{int}, GenerationOptions, CancellationToken)" path="/exception"/>
    public Answering(Responder by, Conversation before, string question, Func<int[], Sequence> text, TurnSettings settings, Action<SessionEvent> report, CancellationToken cancellation)
    {
        RenderedPrompt prompt = by.Model.Render(before.With(by.Model, question));
        int[] ids = by.Model.Encode(prompt);
        _options = settings.For(by.Model);
        _options.Constraint = settings.Format?.For(by.Model, prompt);
        Request = by.Model.Generate(text(ids), ids, _options, cancellation);
        Turn = new() { Number = before.Turns.Count + 1, Question = question, Pipeline = by.Pipeline.Frozen, Variant = by.Name, PromptIds = [.. ids] };
        _parser = AnswerParser.For(by.Model.ChatTemplate, prompt.Text);
        _reader = new(Turn, Request, by.Model.Tokenizer, report);
    }

    /// <summary>The request that generates the answer.</summary>
    public Request Request { get; }

    /// <summary>The turn that the answer is added to.</summary>
    public Turn Turn { get; }

    /// <summary>The answer so far, without reasoning.</summary>
    public string Answer => _parser.Answer.Final;

    /// <summary>Adds a generated token.</summary>
    public void Take(in TextPiece piece)
    {
        _reader.Take(piece);
        _reader.Show(_parser.Append(piece.Text));
    }

    /// <summary>The answer is complete.</summary>
    public void Complete()
    {
        _reader.Show(_parser.Flush());
        Answer answer = _parser.Answer;
        (Turn.Answer, Turn.Reasoning) = (answer.Final, answer.Reasoning);
        Turn.ToolCalls = answer.ToMessage().ToolCalls is { } calls ? JsonSerializer.Serialize(calls, RecordJson.Default.JsonElement) : null;
    }

    /// <summary>Generation has ended, for whatever reason: the cost is known.</summary>
    public void Close(PriceList? prices)
    {
        (Turn.Finish, Turn.ReusedTokens, Turn.Seed) = (Request.Finish, Request.ReusedTokens, Request.Seed);
        (Turn.TimeToFirstToken, Turn.DecodeTime) = (Request.TimeToFirstToken, Request.DecodeTime);
        Turn.Receipt = Request.Ledger is { } ledger ? Receipt.Of(ledger, prices) : null;
        Turn.Closing = Figures.Closing(Request, Request.TimeToFirstToken, Turn.Receipt?.Charge, _options.Sampling);
    }
}
