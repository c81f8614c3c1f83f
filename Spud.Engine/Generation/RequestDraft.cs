using System.Diagnostics;
using Spud.Execution;
using Spud.Sampling;

namespace Spud.Generation;

/// <summary>The draft of a request in the current step, and what was picked from its logits. Made once for a request.</summary>
/// <param name="vocabulary">V.</param>
/// <param name="seed">Seed of the request.</param>
internal sealed class RequestDraft(int vocabulary, ulong seed)
{
    private readonly int[] _rows = new int[Draft.MaxTokensOfAny + 1];
    private readonly double[] _random = new double[Draft.MaxTokensOfAny];
    private readonly PickedToken[] _picked = new PickedToken[Draft.MaxTokensOfAny + 1];
    private readonly Draft _draft = new(vocabulary);

    /// <summary>Number of tokens picked in this step and not yet given to the reader.</summary>
    public int PickedCount { get; private set; }

    /// <summary>Tokens that were picked.</summary>
    public ReadOnlySpan<PickedToken> Picked => _picked.AsSpan(0, PickedCount);

    /// <summary>Why nothing could be picked; null if something was.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Number of drafted tokens.</summary>
    public int Count => _draft.Count;

    /// <summary>Has a text continued.</summary>
    /// <param name="drafter">The drafter.</param>
    /// <param name="sequence">The text, without its last token.</param>
    /// <param name="last">Its last token, which has not been read.</param>
    /// <param name="maxTokens">Maximum length of the draft.</param>
    /// <param name="temperature">The request's.</param>
    /// <param name="step">Told how long it took.</param>
    /// <returns>The last token and the draft: the rows of the step; valid until the next call.</returns>
    public ReadOnlySpan<int> Propose(TokenDrafter drafter, Sequence sequence, int last, int maxTokens, float temperature, StepOutlook step)
    {
        _draft.Begin(maxTokens);
        if (maxTokens > 0)
        {
            int unchanged = sequence.ShowDrafter(last, out ReadOnlySpan<int> ids);
            for (int i = 0; i < maxTokens; i++)
                _random[i] = Xoshiro256.At(seed, ids.Length + i);

            // What the drafter's model may spend is what verifying the draft leaves.
            sequence.Engine.Guard.Hold(sequence, Phase.Decode, 1 + maxTokens, 1 + maxTokens);
            DraftText text = new()
            {
                Sequence = sequence.Id,
                Ids = ids,
                Unchanged = unchanged,
                Temperature = temperature,
                Random = _random.AsSpan(0, maxTokens),
                Hidden = sequence.Hidden,
                Cancellation = sequence.Cancellation,
            };
            long start = Stopwatch.GetTimestamp();
            drafter.Propose(text, _draft, sequence.Ledger);
            sequence.Ledger.Hold(0, 0);
            step.AddAsk(_draft.Count, Stopwatch.GetElapsedTime(start), isUsual: ids.Length - unchanged <= Draft.MaxTokensOfAny + 1);
        }

        _rows[0] = last;
        _draft.Tokens.CopyTo(_rows.AsSpan(1));
        return _rows.AsSpan(0, 1 + _draft.Count);
    }

    /// <summary>Removes the tokens that found no room in the step.</summary>
    /// <param name="rows">Rows that did, including that of the last token.</param>
    public void Keep(int rows) => _draft.Truncate(Math.Max(0, rows - 1));

    /// <summary>What was drafted behind a row: a token, and the distribution that it was drawn from. None behind the last row.</summary>
    public Proposal ProposalAt(int row) => row < _draft.Count ? new(_draft.Tokens[row], _draft.Choices(row), _draft.Probabilities(row)) : default;

    /// <summary>Records the token that was picked from the next row's logits.</summary>
    /// <returns>Whether it is the drafted one, so that the row after it holds.</returns>
    public bool Pick(in PickedToken picked)
    {
        int row = PickedCount++;
        _picked[row] = picked;
        return row < _draft.Count && _draft.Tokens[row] == picked.Token;
    }

    /// <summary>Ends the step.</summary>
    public void Clear()
    {
        _draft.Begin(0);
        (PickedCount, Fault) = (0, null);
    }
}

/// <summary>A token that was picked, and the text that can be shown since.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Text">The text.</param>
/// <param name="LogProbabilities">Its log-probabilities; null if the request does not ask for them.</param>
internal readonly record struct PickedToken(int Token, string Text, LogProbabilities? LogProbabilities);
