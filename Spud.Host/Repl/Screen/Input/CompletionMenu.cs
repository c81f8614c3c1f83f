namespace Spud.Host.Repl.Screen;

/// <summary>What a text may go on with, as a list above it of which one candidate can be chosen.</summary>
/// <param name="text">The chosen candidate is put into it.</param>
internal sealed class CompletionMenu(InputText text)
{
    private const int MaxRows = 8;
    private const int MinTextColumns = 8;

    private Completion? _completion;
    private int _chosen = -1;

    public bool IsOpen => _completion is not null;

    /// <summary>Whether a candidate stands in the text.</summary>
    public bool HasChosen => _completion is not null && _chosen >= 0;

    /// <summary>Rows of the list.</summary>
    public int Rows => Math.Min(MaxRows, _completion?.Candidates.Count ?? 0);

    private int FirstShown => Math.Max(0, Math.Min(_chosen - MaxRows / 2, (_completion?.Candidates.Count ?? 0) - MaxRows));

    /// <summary>Shows candidates, of which none is chosen yet.</summary>
    public void Open(Completion completion) => (_completion, _chosen) = (completion, -1);

    public void Close() => (_completion, _chosen) = (null, -1);

    /// <summary>Chooses the candidate after the present one, or before it, round and round.</summary>
    public void Step(int direction)
    {
        int count = _completion!.Candidates.Count;
        Choose(_chosen < 0 ? (direction > 0 ? 0 : count - 1) : (_chosen + direction + count) % count);
    }

    /// <summary>Chooses the candidate in a row of the list.</summary>
    public void ChooseRow(int row) => Choose(FirstShown + row);

    /// <summary>A row of the list.</summary>
    /// <param name="row">From the top.</param>
    /// <param name="columns">Its width.</param>
    public Run[] Row(int row, int columns)
    {
        IReadOnlyList<Candidate> candidates = _completion!.Candidates;
        int width = Math.Min(candidates.Max(candidate => Graphemes.Columns(candidate.Text)), Math.Max(MinTextColumns, columns / 2));
        Candidate candidate = candidates[FirstShown + row];
        bool isChosen = FirstShown + row == _chosen;
        return
        [
            new($"{(isChosen ? "▸ " : "  ")}{Graphemes.Exactly(candidate.Text, width)}", isChosen ? Ink.Selected : Ink.Accent),
            new("  "), new(Graphemes.Fit(candidate.Description, Math.Max(0, columns - width - 4)), Ink.Dim),
        ];
    }

    private void Choose(int candidate)
    {
        Completion completion = _completion!;
        string chosen = completion.Candidates[candidate].Text;
        text.Replace(completion.Begin, completion.End, chosen);
        (_chosen, _completion) = (candidate, completion with { End = completion.Begin + chosen.Length });
    }
}
