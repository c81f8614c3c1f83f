namespace Spud.Host.Repl.Screen;

/// <summary>The list of completions above the text, from which one can be chosen.</summary>
/// <param name="text">The text into which the chosen candidate is inserted.</param>
internal sealed class CompletionMenu(InputText text)
{
    private const int MaxRows = 8;
    private const int MinTextColumns = 8;

    private Completion? _completion;
    private int _chosen = -1;

    public bool IsOpen => _completion is not null;

    /// <summary>Whether a candidate has been inserted into the text.</summary>
    public bool HasChosen => _completion is not null && _chosen >= 0;

    /// <summary>Rows of the list.</summary>
    public int Rows => Math.Min(MaxRows, _completion?.Candidates.Count ?? 0);

    private int FirstShown => Math.Max(0, Math.Min(_chosen - MaxRows / 2, (_completion?.Candidates.Count ?? 0) - MaxRows));

    /// <summary>Shows candidates, none of them chosen yet.</summary>
    public void Open(Completion completion) => (_completion, _chosen) = (completion, -1);

    public void Close() => (_completion, _chosen) = (null, -1);

    /// <summary>Chooses the next or previous candidate, wrapping around.</summary>
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
