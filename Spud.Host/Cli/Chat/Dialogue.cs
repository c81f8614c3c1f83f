using System.Text;
using Spud.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>A conversation and what of it is computed. Its model may be exchanged: the messages stay, and the next question reads them anew.</summary>
/// <param name="system">What the user wants the model told before; null: nothing, or the embedded model's usual text.</param>
internal sealed class Dialogue(string? system) : IDisposable
{
    private readonly List<ChatMessage> _messages = [];
    private LanguageModel? _model;
    private TextSession? _session;

    /// <summary>Whether there is a model that can be asked.</summary>
    public bool HasModel => _model is not null;

    /// <summary>Goes on with a model, which it owns from now on.</summary>
    /// <exception cref="BadInputException">The model cannot converse.</exception>
    public void Use(LanguageModel model)
    {
        LetGo();
        (_model, _session) = (model, new TextSession(model));
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
        (TextSession? session, LanguageModel? model) = (_session, _model);
        (_session, _model) = (null, null);
        session?.Dispose();
        model?.Dispose();
    }

    /// <summary>Forgets what was said.</summary>
    public void Reset()
    {
        _messages.Clear();
        if (_model is { } model)
            _messages.AddRange(Chat.Opening(model, system));
    }

    /// <summary>Adds a question and its answer, also one that was interrupted; a question that does not fit is not kept.</summary>
    /// <exception cref="InvalidOperationException">There is no model.</exception>
    public TextGeneration Ask(string question, GenerationOptions options, Action<string> onText, CancellationToken cancellation)
    {
        if (_model is null || _session is null)
            throw new InvalidOperationException("There is no model to be asked.");

        ChatMessage[] asked = [.. _messages, new("user", question)];
        TextGeneration generation = _session.Generate(_model.Encode(asked), options, cancellation);
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

    public void Dispose() => LetGo();
}
