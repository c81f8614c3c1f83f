using System.Runtime.ExceptionServices;
using Spud.Execution;

namespace Spud.Generation;

/// <summary>How a request drafts tokens, and verifies them in the step that computes its next one.</summary>
public sealed partial class Request
{
    private RequestDraft? _draft;
    private DraftLength? _length;
    private StepOutlook? _outlook;

    /// <summary>Adds the row of its last token, and rows of drafted ones as far as there is room and budget for them.</summary>
    /// <param name="batch">The step.</param>
    /// <param name="room">Maximum number of drafted tokens.</param>
    /// <param name="step">What the step is expected to take.</param>
    /// <returns>Number of rows added.</returns>
    internal int FillDrafted(Batch batch, int room, StepOutlook step)
    {
        _draft ??= new(Engine.Parts.Model.Vocabulary, Seed);
        _length ??= new(Prefer);
        TokenDrafter drafter = Engine.Parts.Drafter!;
        int tokens = Math.Min(Math.Min(drafter.MaxTokens, room), Math.Min(MaxTokens - GeneratedTokens, Sequence!.RowsToReview) - 1);
        while (tokens > 0 && Budget is not null && !Sequence.Affords(1 + tokens, Phase.Decode, LogitRows.All))
            tokens /= 2;

        // A token that was drawn changes the random numbers behind it: lengths must not depend on times then, or the text of a seed would.
        float temperature = Options.Sampling.Temperature;
        _outlook = temperature > 0 && drafter.MayDraw ? StepOutlook.Unmeasured : step;
        int wanted = _length.Choose(Math.Max(0, tokens), _outlook);
        int rows = batch.Fill(Sequence, _draft.Propose(drafter, Sequence, _token, wanted, temperature, step), Phase.Decode, LogitRows.All);
        _draft.Keep(rows);
        if (wanted > 0)
            Ledger!.Drafts!.AddAsked();
        if (wanted > 0 && _draft.Count == 0)
            _length.ObserveNone(_outlook);
        step.Add(_draft.Count, _length.Expected(_draft.Count));
        return rows;
    }

    /// <summary>
    /// Picks tokens from the logits of its rows, one after the other, as without a draft, until one differs from the drafted one or ends the text: then the
    /// rows behind it are of another text.
    /// </summary>
    /// <param name="batch">The computed step.</param>
    /// <param name="entry">Index of its entry in the step.</param>
    /// <returns>Number of its rows that hold.</returns>
    internal int Verify(Batch batch, int entry)
    {
        int rows = batch.Entries[entry].Rows;
        if (State != RequestState.Decoding || rows == 1)
            return rows;
        if (IsCancelled)
            return 0;

        try
        {
            bool holds = true;
            for (int row = 0; row < rows && holds; row++)
                holds = _draft!.Pick(Pick(batch.Logits(entry, row), _draft.ProposalAt(row), GeneratedTokens + 1 + row)) && Finish == FinishReason.None;
        }
        catch (Exception unusable) when (_draft!.PickedCount == 0)
        {
            // The step is committed first, as without a draft.
            _draft.Fault = unusable;
            return 1;
        }
        catch (Exception)
        {
            // The next step begins with this row, and fails alone.
        }

        return _draft!.PickedCount;
    }

    /// <summary>Gives what was picked to the reader.</summary>
    /// <param name="rows">Rows of the step.</param>
    private void GivePicked(int rows)
    {
        if (_draft!.Fault is { } unusable)
            ExceptionDispatchInfo.Throw(unusable);

        int picked = _draft.PickedCount, first = GeneratedTokens - 1;
        long flops = Ledger!.Flops - _told;
        for (int i = 0; i < picked; i++)
        {
            _efforts.Set(first + i, Sequence!.Effort, Effort, MaxTokens);
            Give(_draft.Picked[i], i < picked - 1 ? flops / picked : flops - flops / picked * (picked - 1));
        }

        CountDraft(rows - 1, picked - 1, flops);
    }

    private void CountDraft(int drafted, int accepted, long flops)
    {
        Ledger!.Drafts?.Add(drafted, accepted, flops);
        _length?.Observe(drafted, accepted, _outlook!);
    }
}
