using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>Prints an answer: its text on standard output, reasoning on standard error if that is a terminal.</summary>
/// <param name="shell">The outputs.</param>
/// <param name="isShown">False: nothing is written.</param>
/// <param name="rawText">Whether control characters are passed to a terminal.</param>
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
            // Tool calls are printed too: nothing runs them here.
            ShowReasoning(piece.Call is { IsStart: true } call ? $"{call.Name} " : piece.Text);
            return;
        }

        EndReasoning();
        shell.WriteModelText(piece.Text, rawText);
        _last = piece.Text[^1];
    }

    /// <summary>Ends the line; an answer without text is an empty line.</summary>
    public void End() => EndLine(_last);

    /// <summary>Ends the line of an interrupted answer.</summary>
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
