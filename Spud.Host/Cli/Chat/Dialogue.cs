using Spud.Execution;
using Spud.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>A conversation and what of it is computed. Its model may be exchanged: the messages stay, and the next question reads them anew.</summary>
/// <param name="system">What the user wants the model told before; null: nothing, or the embedded model's usual text.</param>
/// <param name="template">In place of the models' own; null: their own.</param>
internal sealed class Dialogue(string? system, ChatTemplate? template = null) : IDisposable
{
    private readonly List<ChatMessage> _messages = [];
    private LanguageModel? _model;
    private Sequence? _sequence;

    /// <summary>Whether there is a model that can be asked.</summary>
    public bool HasModel => _model is not null;

    /// <summary>Goes on with a model, which it owns from now on.</summary>
    /// <exception cref="BadInputException">The model cannot converse.</exception>
    public void Use(LanguageModel model)
    {
        LetGo();
        _model = model;
        model.ChatTemplate = template;
        try
        {
            Chat.RequireTemplate(model);
        }
        catch
        {
            LetGo();
            throw;
        }

        if (_messages.Count == 0)
            _messages.AddRange(Chat.Opening(model, system));
    }

    /// <summary>Disposes the model and keeps the messages.</summary>
    public void LetGo()
    {
        (Sequence? sequence, LanguageModel? model) = (_sequence, _model);
        (_sequence, _model) = (null, null);
        sequence?.Dispose();
        model?.Dispose();
    }

    /// <summary>Forgets what was said.</summary>
    public void Reset()
    {
        _messages.Clear();
        if (_model is { } model)
            _messages.AddRange(Chat.Opening(model, system));
    }

    /// <summary>Adds a question and its answer, also one that was interrupted; a question that does not fit, or that the template refuses, is not kept.</summary>
    /// <exception cref="InvalidOperationException">There is no model.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public Request Ask(string question, GenerationOptions options, Func<AnswerParser, AnswerOutput> show, CancellationToken cancellation)
    {
        if (_model is null)
            throw new InvalidOperationException("There is no model to be asked.");

        ChatMessage[] asked = [.. _messages, new("user", question)];
        RenderedPrompt prompt = _model.Render(asked);
        int[] ids = _model.Encode(prompt);
        AnswerParser parser = AnswerParser.For(_model.ChatTemplate, prompt.Text);
        if (_sequence?.Fault is not null)
        {
            // A component failed on it: the dialogue is read anew.
            _sequence.Dispose();
            _sequence = null;
        }

        _sequence ??= _model.Engine.Open();
        Request request = _model.Generate(_sequence, ids, options, cancellation);
        using AnswerOutput output = show(parser);
        foreach (TextPiece piece in request.ToBlockingEnumerable())
            output.Write(piece.Text);

        output.End();
        _messages.Add(asked[^1]);
        _messages.Add(parser.Answer.ToMessage());
        return request;
    }

    public void Dispose() => LetGo();
}
