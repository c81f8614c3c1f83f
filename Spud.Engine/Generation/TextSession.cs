using Spud.Execution;
using Spud.Metering;
using Spud.Sampling;

namespace Spud.Generation;

/// <summary>
/// A text that is continued again and again, such as a conversation: of a new prompt only what differs from the text so far is
/// computed. One generation at a time; holds one sequence of the pipeline until it is disposed.
/// </summary>
/// <param name="model">Owned by the caller.</param>
public sealed class TextSession(LanguageModel model) : IDisposable
{
    private readonly List<int> _tokens = [];
    private Sequence? _sequence;
    private TokenGenerator? _generator;

    /// <summary>Tokens that are computed and kept.</summary>
    public int Tokens => _sequence?.Tokens ?? 0;

    internal LanguageModel Model => model;

    /// <summary>Of the generation that began last; null before the first.</summary>
    internal Ledger? Ledger => _sequence?.Ledger;

    /// <summary>Continues a prompt.</summary>
    /// <param name="prompt">At least one id; with what is generated at most the context.</param>
    /// <param name="options">How, and how long.</param>
    /// <param name="cancellation">Ends the generation within a layer; what was computed stays.</param>
    /// <returns>Nothing is computed until its text is read, and then no other generation of this session may go on.</returns>
    /// <exception cref="ArgumentException">The prompt is empty or an option is out of its range.</exception>
    /// <exception cref="ContextOverflowException">The prompt is longer than the context.</exception>
    public TextGeneration Generate(IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default) =>
        new(this, ownsSession: false, prompt, options, cancellation);

    /// <summary>Gives the pages back; the session begins anew when it is used again.</summary>
    public void Dispose()
    {
        _sequence?.Dispose();
        _sequence = null;
        _tokens.Clear();
    }

    /// <summary>Goes back to what the text so far and a prompt have in common.</summary>
    /// <returns>Tokens that need not be computed again; fewer than the prompt has, because the last one's logits are wanted.</returns>
    internal int Begin(ReadOnlySpan<int> prompt, Sampler sampler, Budget? budget, float effort, CancellationToken cancellation)
    {
        // A cancelled or failed step leaves ids without pages.
        _tokens.RemoveRange(Tokens, _tokens.Count - Tokens);
        int common = 0;
        while (common < Math.Min(_tokens.Count, prompt.Length - 1) && _tokens[common] == prompt[common])
            common++;

        if (_sequence is { } kept && (kept.Fault is not null || !kept.CanTruncate(common)))
        {
            Dispose();
            common = 0;
        }

        _tokens.EnsureCapacity(model.Pipeline.Limits.ContextTokens);
        _sequence ??= model.Engine.Open();
        _sequence.Cancellation = cancellation;
        _sequence.Truncate(common);
        _tokens.RemoveRange(common, _tokens.Count - common);
        _sequence.StartLedger(budget);
        _sequence.Effort = effort;
        _generator = new(model.Engine, _sequence, model.Batch, sampler);
        return common;
    }

    /// <summary>Reads a prompt from where it differs and chooses the first token.</summary>
    internal int Read(ReadOnlySpan<int> prompt, int reused)
    {
        _tokens.AddRange(prompt[reused..]);
        return _generator!.Read(prompt, reused);
    }

    /// <summary>Whether another token fits the budget; then decides on its effort.</summary>
    internal bool Prepare(int expectedTokens, float effort)
    {
        if (!_sequence!.Affords(1, Phase.Decode, LogitRows.Last))
            return false;

        _sequence.Steer(expectedTokens, effort);
        return true;
    }

    /// <summary>Appends a token and chooses the next.</summary>
    internal int Next(int token)
    {
        _tokens.Add(token);
        return _generator!.Next(token);
    }
}
