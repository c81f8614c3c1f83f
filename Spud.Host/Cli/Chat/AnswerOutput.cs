using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>An answer as it is shown: the answer proper on standard output; reasoning on standard error if somebody watches it.</summary>
/// <param name="shell">Where it goes.</param>
/// <param name="parser">Tells the parts of the answer.</param>
/// <param name="isShown">Whether anything is shown; else the answer is only parsed.</param>
/// <param name="rawText">Whether control characters reach a terminal.</param>
internal sealed class AnswerOutput(Shell shell, AnswerParser parser, bool isShown, bool rawText) : IDisposable
{
    private char? _last;
    private bool _reasoning;
    private bool _ended;

    /// <summary>Shows the next piece.</summary>
    public void Write(string text) => Show(parser.Append(text));

    /// <summary>Shows what was held back, and ends the line; an answer without text is an empty line.</summary>
    public void End()
    {
        Show(parser.Flush());
        EndLine(_last);
    }

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

    private void Show(IReadOnlyList<AnswerPiece> pieces)
    {
        foreach (AnswerPiece piece in pieces)
        {
            if (isShown)
                Show(piece);
        }
    }

    private void Show(AnswerPiece piece)
    {
        if (piece.Part != AnswerPart.Final)
        {
            // Calls of tools are shown as well: nobody answers them here.
            if (shell.ErrorIsTerminal)
            {
                _reasoning = true;
                shell.Error.Write(piece.Text);
                shell.Error.Flush();
            }

            return;
        }

        EndReasoning();
        shell.WriteModelText(piece.Text, rawText);
        _last = piece.Text[^1];
    }

    private void EndReasoning()
    {
        if (_reasoning)
            shell.Error.WriteLine();

        _reasoning = false;
    }
}
