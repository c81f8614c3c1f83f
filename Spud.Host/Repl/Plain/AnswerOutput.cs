using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>An answer as it is shown: the answer proper on standard output; reasoning on standard error if a person reads it.</summary>
/// <param name="shell">Where it goes.</param>
/// <param name="isShown">Whether anything is shown; else nothing is written.</param>
/// <param name="rawText">Whether control characters reach a terminal.</param>
internal sealed class AnswerOutput(Shell shell, bool isShown, bool rawText) : IDisposable
{
    private char? _last;
    private bool _reasoning;
    private bool _ended;

    /// <summary>Shows the next pieces.</summary>
    public void Show(IReadOnlyList<AnswerPiece> pieces)
    {
        foreach (AnswerPiece piece in pieces)
            Show(piece);
    }

    /// <summary>Shows the next piece.</summary>
    public void Show(AnswerPiece piece)
    {
        if (!isShown)
            return;

        if (piece.Part != AnswerPart.Final)
        {
            // Calls of tools are shown as well: nobody answers them here.
            ShowReasoning(piece.Text);
            return;
        }

        EndReasoning();
        shell.WriteModelText(piece.Text, rawText);
        _last = piece.Text[^1];
    }

    /// <summary>Ends the line; an answer without text is an empty line.</summary>
    public void End() => EndLine(_last);

    /// <summary>Ends the line of an answer that was broken off.</summary>
    public void Dispose()
    {
        if (!_ended)
            EndLine(_last ?? '\n');
    }

    private void EndLine(char? last)
    {
        _ended = true;
        EndReasoning();
        if (isShown && last != '\n')
            shell.WriteModelText("\n", rawText);
    }

    private void ShowReasoning(string text)
    {
        if (!shell.ErrorIsTerminal)
            return;

        _reasoning = true;
        shell.Error.Write(text);
        shell.Error.Flush();
    }

    private void EndReasoning()
    {
        if (_reasoning)
            shell.Error.WriteLine();

        _reasoning = false;
    }
}
