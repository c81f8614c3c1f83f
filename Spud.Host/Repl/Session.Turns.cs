using Spud.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>Questions and answers.</summary>
internal sealed partial class Session
{
    /// <summary>Asks a question. The answer is reported as it arrives and kept even if stopped. In a comparison all pipelines answer.</summary>
    /// <returns>The completed turn.</returns>
    /// <exception cref="BadInputException">No pipeline is loaded.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    /// <inheritdoc cref="LanguageModel.Generate(IReadOnlyList{int}, GenerationOptions, CancellationToken)" path="/exception"/>
    /// <inheritdoc cref="Request.ToBlockingEnumerable" path="/exception"/>
    public Turn Ask(string question, CancellationToken cancellation = default)
    {
        try
        {
            return _variants is null ? Run(Begin(Own(), Conversation, question, cancellation), isKept: true) : AskAll(_variants, question, cancellation);
        }
        finally
        {
            if (_settings.BudgetOnce)
                Settings = _settings with { Budget = null, BudgetOnce = false };
        }
    }

    private Responder Own() => new(null, Model(), _texts!, Pipeline!);

    private Answering Begin(Responder by, Conversation before, string question, CancellationToken cancellation) =>
        new(by, before, question, ids => by.Texts.For(ids, _settings.MaxTokens), _settings, Report, cancellation);

    /// <param name="answering">Begun.</param>
    /// <param name="isKept">Whether the turn becomes part of the conversation.</param>
    private Turn Run(Answering answering, bool isKept)
    {
        Turn turn = answering.Turn;
        Report(new TurnStarted(turn));
        try
        {
            if (isKept)
                _saved.Begin(Conversation, turn);

            foreach (TextPiece piece in answering.Request.ToBlockingEnumerable())
                Take(answering, piece, isKept);

            Complete(answering, isKept);
        }
        catch (Exception fault)
        {
            turn.Fault = MessageOf(fault);
            throw;
        }
        finally
        {
            End(answering, isKept);
        }

        return turn;
    }

    private void Take(Answering answering, in TextPiece piece, bool isKept)
    {
        answering.Take(piece);
        if (isKept)
            _saved.Progress(Conversation, answering.Turn, () => answering.Answer);
    }

    private void Complete(Answering answering, bool isKept)
    {
        answering.Complete();
        if (isKept)
            Conversation.Add(answering.Turn);
    }

    private void End(Answering answering, bool isKept)
    {
        answering.Close(_settings.Prices);
        answering.Turn.IsMixed = _isMixed && answering.Turn.ReusedTokens > 0 && answering.Turn.Variant is null;
        if (isKept)
            _saved.End(Conversation, answering.Turn);

        Report(new TurnFinished(answering.Turn));
    }
}
