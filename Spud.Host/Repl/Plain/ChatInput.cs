using System.Text;

namespace Spud.Host;

/// <summary>The messages of a dialogue: typed at a terminal, or the lines of a pipe or file.</summary>
internal sealed class ChatInput : IDisposable
{
    private const string Marker = "> ";

    /// <summary>A paste over a slow connection arrives in pieces, but still faster than typing.</summary>
    private static readonly TimeSpan s_pasteGap = TimeSpan.FromMilliseconds(20);

    private readonly Shell _shell;
    private readonly StreamReader? _lines;
    private readonly LineEditor? _editor;

    public ChatInput(Shell shell)
    {
        _shell = shell;
        if (shell.InIsTerminal)
            _editor = new(() => Console.ReadKey(intercept: true), HasMore, () => Console.WindowWidth, shell.RawError);
        else
            _lines = new(shell.In, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
    }

    /// <summary>The next message without surrounding whitespace; null at the end of the input.</summary>
    /// <exception cref="BadInputException">It is not UTF-8.</exception>
    public string? Next()
    {
        bool warned = false;
        _shell.Interrupts.Idle = mayContinue =>
        {
            bool isLast = warned || !mayContinue;
            _editor?.Drop(isLast);
            _shell.Error.Write(isLast ? "\n" : $"\n(Ctrl-C again ends)\n{Marker}");
            warned = true;
            return !isLast;
        };
        try
        {
            return (_editor is null ? _lines!.ReadLine() : _editor.Read(Marker))?.Trim();
        }
        catch (DecoderFallbackException fault)
        {
            throw new BadInputException($"standard input: expected UTF-8, got other bytes: {fault.Message}");
        }
        finally
        {
            _shell.Interrupts.Idle = null;
        }
    }

    public void Dispose()
    {
        _lines?.Dispose();
        _editor?.Drop(isLast: true);
    }

    private static bool HasMore() => Console.KeyAvailable || SpinWait.SpinUntil(() => Console.KeyAvailable, s_pasteGap);
}
