using System.Collections.Immutable;
using System.Text;
using Spud.Generation;
using Spud.Metering;
using Spud.Sampling;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Generation;

/// <summary>One text of an answer, while it is generated: the request, and the parser that finds the parts of its text.</summary>
/// <param name="index">Its place in the answer.</param>
/// <param name="request">Generates it.</param>
/// <param name="parser">Finds reasoning and tool calls; null for plain text.</param>
/// <param name="ends">Tokens that end the text and are no part of it.</param>
internal sealed class Choice(int index, Request request, AnswerParser? parser, IReadOnlySet<int> ends)
{
    private readonly StringBuilder _content = new(), _reasoning = new();
    private readonly List<LogProbabilities> _logProbabilities = [];

    /// <summary>Its place in the answer.</summary>
    public int Index => index;

    /// <summary>The request.</summary>
    public Request Request => request;

    /// <summary>The text so far.</summary>
    public string Content => _content.ToString();

    /// <summary>The reasoning so far; null if there is none.</summary>
    public string? Reasoning => _reasoning.Length == 0 ? null : _reasoning.ToString();

    /// <summary>The calls of functions so far.</summary>
    public IReadOnlyList<ToolCall> Calls => parser?.Answer.ToolCalls ?? [];

    /// <summary>Tokens that belong to the reasoning.</summary>
    public int ReasoningTokens { get; private set; }

    /// <summary>Log-probabilities of all tokens, if they were asked for.</summary>
    public IReadOnlyList<LogProbabilities> LogProbabilities => _logProbabilities;

    /// <summary>The job that pays for it; null without accounts.</summary>
    public JobTicket? Job { get; init; }

    /// <summary>Id of a job that somebody else takes care of.</summary>
    public string? JobId { get; init; }

    /// <summary>Who pays, and what the scheduler knows.</summary>
    public required JobTerms Terms { get; init; }

    /// <summary>The most that it may cost; null for the model's own limit.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Knows it while it is generated.</summary>
    public required OpenTexts Texts { get; init; }

    /// <summary>Cancelled when the client leaves: nobody is told of the end then.</summary>
    public CancellationToken Client { get; init; }

    /// <summary>Generates the text.</summary>
    /// <exception cref="ApiException">The deadline passed, the job was stopped, or the server ends.</exception>
    /// <exception cref="Exception">A component failed, or the prompt costs more than the budget.</exception>
    public async IAsyncEnumerable<ChoicePiece> ReadAsync()
    {
        Exception? fault = null;
        OpenText open = new(Job?.Id ?? JobId, request, Budget, Terms);
        Job?.Runs(request);
        IAsyncEnumerator<TextPiece> reader = request.GetAsyncEnumerator(Job?.Stopped ?? CancellationToken.None);
        try
        {
            Texts.Begin(open);
            while (await NextAsync(reader, of => fault = of).ConfigureAwait(false))
            {
                if (Job is not null)
                    await Job.StartAsync().ConfigureAwait(false);

                TextPiece piece = reader.Current;
                bool isPart = piece.Token is { } token && !ends.Contains(token);
                yield return Take(piece.Text, isPart ? piece.LogProbabilities : null);
            }

            if (request.Finish == FinishReason.Expired)
                throw new ApiException(StatusCodes.Status400BadRequest, "The deadline has passed before the answer was complete.", "deadline", ApiException.Expired);
            if (request.Finish == FinishReason.Cancelled && !Client.IsCancellationRequested)
                throw Stopped();
            if (parser is not null)
                yield return Take(parser.Flush(), null);
        }
        finally
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            Texts.End(open);
            if (Job is not null)
                await Job.EndAsync(request.Ledger, request.Finish, fault).ConfigureAwait(false);
        }
    }

    /// <summary>Ends its job before it was read.</summary>
    public Task GiveUpAsync() => Job?.EndAsync(null, FinishReason.Cancelled, null) ?? Task.CompletedTask;

    private ApiException Stopped() => Job switch
    {
        { IsLost: true } => new(StatusCodes.Status503ServiceUnavailable, "This server could not reach its accounts for too long, so the job was handed back. Nothing is charged. Send the request again.", null, "job_lost") { RetryAfter = TimeSpan.FromSeconds(5) },
        { Stopped.IsCancellationRequested: true } job => new(StatusCodes.Status409Conflict, $"The job '{job.Id}' was cancelled.", null, "job_cancelled"),
        _ => new(StatusCodes.Status503ServiceUnavailable, "The server ends. Send the request again.", null, "ending") { RetryAfter = TimeSpan.FromSeconds(5) },
    };

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<TextPiece> reader, Action<Exception> failed)
    {
        try
        {
            return await reader.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            failed(fault);
            throw;
        }
    }

    private ChoicePiece Take(string text, LogProbabilities? logProbabilities)
    {
        if (parser is not null)
            return Take(parser.Append(text), logProbabilities);

        _content.Append(text);
        return Note(new(this, text, "", logProbabilities));
    }

    private ChoicePiece Take(IReadOnlyList<AnswerPiece> pieces, LogProbabilities? logProbabilities)
    {
        string content = TextOf(pieces, AnswerPart.Final), reasoning = TextOf(pieces, AnswerPart.Reasoning);
        _content.Append(content);
        _reasoning.Append(reasoning);
        ReasoningTokens += reasoning.Length > 0 ? 1 : 0;
        return Note(new(this, content, reasoning, logProbabilities) { Calls = [.. pieces.Where(static piece => piece.Call is not null)] });
    }

    private static string TextOf(IReadOnlyList<AnswerPiece> pieces, AnswerPart part) => string.Concat(pieces.Where(piece => piece.Part == part && piece.Call is null).Select(static piece => piece.Text));

    private ChoicePiece Note(in ChoicePiece piece)
    {
        if (piece.LogProbabilities is { } given)
            _logProbabilities.Add(given);

        return piece;
    }
}

/// <summary>What one token added to a choice.</summary>
/// <param name="Choice">The choice.</param>
/// <param name="Content">Text; may be empty.</param>
/// <param name="Reasoning">Reasoning; may be empty.</param>
/// <param name="LogProbabilities">The token's, if they were asked for.</param>
internal readonly record struct ChoicePiece(Choice Choice, string Content, string Reasoning, LogProbabilities? LogProbabilities)
{
    /// <summary>Pieces of calls of functions.</summary>
    public ImmutableArray<AnswerPiece> Calls { get => field.IsDefault ? [] : field; init; }
}
