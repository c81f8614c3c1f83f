using System.Diagnostics;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Bench.Drafts;

/// <summary>
/// What an oracle would take that knows how many tokens of each draft hold, and drafts no others: the steps of an answer again, each with the rows that were kept of it and nothing else. What it takes to
/// find the drafts does not count.
/// </summary>
internal static class OracleReplay
{
    /// <summary>Time of the steps.</summary>
    /// <param name="model">Computes logits of several rows a step.</param>
    /// <param name="prompt">The prompt, which is read beforehand.</param>
    /// <param name="answer">Ids of the answer.</param>
    /// <param name="drafts">How many drafted tokens its steps accepted; their order is not known, and does not matter at these lengths.</param>
    public static TimeSpan Time(LanguageModel model, ReadOnlySpan<int> prompt, ReadOnlySpan<int> answer, DraftLedger drafts)
    {
        using Sequence sequence = model.Engine.Open();
        using Batch batch = model.Engine.NewBatch();
        while (sequence.Tokens < prompt.Length)
            model.Engine.Step(batch, sequence, prompt[sequence.Tokens..], Phase.Prefill, LogitRows.Last);

        int[] rows = RowsOf(drafts);
        new Random(1).Shuffle(rows);
        long start = Stopwatch.GetTimestamp();
        int at = 0;
        for (int step = 0; step < rows.Length && at < answer.Length - 1; step++)
        {
            int count = Math.Min(rows[step], answer.Length - 1 - at), read = model.Engine.Step(batch, sequence, answer.Slice(at, count), Phase.Decode, LogitRows.All);
            for (int row = 0; row < read; row++)
                Best(batch.Logits(0, row));

            at += read;
        }

        // A step that ended at a review border left rows over.
        while (at < answer.Length - 1)
            at += model.Engine.Step(batch, sequence, answer.Slice(at, 1), Phase.Decode, LogitRows.All);

        return Stopwatch.GetElapsedTime(start);
    }

    private static int[] RowsOf(DraftLedger drafts)
    {
        List<int> rows = [];
        for (int accepted = 0; accepted <= Draft.MaxTokensOfAny; accepted++)
        {
            long least = accepted == 0 ? drafts.Steps : drafts.AcceptedAt(accepted - 1), more = accepted < Draft.MaxTokensOfAny ? drafts.AcceptedAt(accepted) : 0;
            rows.AddRange(Enumerable.Repeat(1 + accepted, (int)(least - more)));
        }

        return [.. rows];
    }

    private static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
            best = logits[i] > logits[best] ? i : best;

        return best;
    }
}
