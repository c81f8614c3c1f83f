using Spud.Evaluation.Comparison;
using Spud.Execution;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Makes heads stream, and compares the predictions of held-out rows with those of the whole cache. Texts are read once; a trial continues a fork, in
/// which the heads have dropped their keys, and reads the last rows alone. That is cheap, but leaves out that earlier rows lose keys too.
/// </summary>
internal sealed class HeadTrials : IDisposable
{
    /// <summary>The most likely tokens of a row, whose changes are recorded.</summary>
    public const int TokensOfRow = 32;

    private readonly LanguageModel _model;
    private readonly HeadProbe _probe;
    private readonly int _rows;
    private readonly Action<int> _onRead;
    private readonly CancellationToken _cancellation;
    private readonly Batch _batch;
    private readonly List<HeldText> _texts = [];
    private readonly RowDistribution _all, _without;

    /// <param name="Beginning">All but the rows of a trial.</param>
    /// <param name="Ids">The whole text.</param>
    /// <param name="Expected">[rows][V]: logits with the whole cache.</param>
    /// <param name="Likely">[rows]: the most likely tokens.</param>
    private sealed record HeldText(Sequence Beginning, int[] Ids, float[][] Expected, int[][] Likely);

    /// <summary>Reads the texts.</summary>
    /// <param name="model">Composed with the probe in it, room for a sequence more than texts, and <see cref="HeadProbe.BorderTokens"/> logit rows.</param>
    /// <param name="probe">The pipeline's.</param>
    /// <param name="material">The texts.</param>
    /// <param name="onRead">Receives the number of rows read.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public HeadTrials(LanguageModel model, HeadProbe probe, HeadMaterial material, Action<int> onRead, CancellationToken cancellation)
    {
        (_model, _probe, _rows, _onRead, _cancellation) = (model, probe, material.Rows, onRead, cancellation);
        (_all, _without) = (new(model.Pipeline.Model.Vocabulary), new(model.Pipeline.Model.Vocabulary));
        _batch = model.Engine.NewBatch();
        probe.Stream();
        foreach (int[] ids in material.Held)
            _texts.Add(Begin(ids));
    }

    /// <summary>Rows that a trial reads of a text: those up to the review at which the head drops keys, and those compared.</summary>
    public static int RowsOfTrial(HeadMaterial material) => HeadProbe.BorderTokens + material.Rows;

    /// <summary>Tries out heads that stream while the last rows of each text are read.</summary>
    public HeadTrial Try(params ReadOnlySpan<HeadWindow> windows) => Try(windows, static of => of.Beginning.Fork());

    /// <summary>Tries out heads that stream from the beginning of each text.</summary>
    public HeadTrial TryWhole(params ReadOnlySpan<HeadWindow> windows) => Try(windows, _ => _model.Engine.Open());

    private HeadTrial Try(ReadOnlySpan<HeadWindow> windows, Func<HeldText, Sequence> begin)
    {
        _probe.Stream(windows);
        (double sum, float[] changes) = (0, new float[_texts.Count * _rows * TokensOfRow]);
        for (int text = 0; text < _texts.Count; text++)
        {
            (HeldText of, int firstRow) = (_texts[text], text * _rows);
            using Sequence sequence = begin(of);
            Read(sequence, of.Ids, (row, logits) =>
            {
                _all.Take(of.Expected[row]);
                _without.Take(logits);
                sum += _all.Divergence(of.Expected[row], _without, logits);
                Change(of.Expected[row], logits, of.Likely[row], changes.AsSpan((firstRow + row) * TokensOfRow, TokensOfRow));
            });
        }

        return new(sum / (_texts.Count * _rows), changes);
    }

    /// <summary>Frees the texts.</summary>
    public void Dispose()
    {
        foreach (HeldText text in _texts)
            text.Beginning.Dispose();
        _batch.Dispose();
    }

    private HeldText Begin(int[] ids)
    {
        HeldText text = new(_model.Engine.Open(), ids, new float[_rows][], new int[_rows][]);
        text.Beginning.Cancellation = _cancellation;
        int tokens = ids.Length - _rows - HeadProbe.BorderTokens;
        while (text.Beginning.Tokens < tokens)
            _onRead(_model.Engine.Step(_batch, text.Beginning, ids.AsSpan(text.Beginning.Tokens, tokens - text.Beginning.Tokens), Phase.Prefill, LogitRows.None));

        using Sequence whole = text.Beginning.Fork();
        Read(whole, ids, (row, logits) =>
        {
            text.Expected[row] = logits.ToArray();
            text.Likely[row] = MostLikely(logits);
        });
        return text;
    }

    private delegate void RowReader(int row, ReadOnlySpan<float> logits);

    private void Read(Sequence sequence, int[] ids, RowReader onLogits)
    {
        sequence.Cancellation = _cancellation;
        int firstRow = ids.Length - _rows;
        while (sequence.Tokens < ids.Length)
        {
            int first = sequence.Tokens, end = first < firstRow ? firstRow : ids.Length;
            int read = _model.Engine.Step(_batch, sequence, ids.AsSpan(first, end - first), Phase.Prefill, first < firstRow ? LogitRows.None : LogitRows.All);
            for (int row = 0; row < read && first >= firstRow; row++)
                onLogits(first - firstRow + row, _batch.Logits(0, row));

            _onRead(read);
        }
    }

    private void Change(ReadOnlySpan<float> expected, ReadOnlySpan<float> logits, int[] tokens, Span<float> changes)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            double change = _all.Loss(expected, tokens[i]) - _without.Loss(logits, tokens[i]);
            changes[i] = (float)(Math.Exp(-_all.Loss(expected, tokens[i]) / 2) * change);
        }
    }

    private static int[] MostLikely(ReadOnlySpan<float> logits)
    {
        PriorityQueue<int, float> best = new(TokensOfRow + 1);
        for (int token = 0; token < logits.Length; token++)
        {
            if (best.Count < TokensOfRow)
                best.Enqueue(token, logits[token]);
            else
                best.EnqueueDequeue(token, logits[token]);
        }

        return [.. best.UnorderedItems.Select(static item => item.Element)];
    }
}
