namespace Spud.Host.Repl.Screen;

/// <summary>Captures printed text until disposed.</summary>
internal sealed class PrintedText : IDisposable
{
    private readonly TextWriter _out = Console.Out;
    private readonly TextWriter _error = Console.Error;
    private readonly ScreenWriter _writer;

    /// <param name="say">Receives each line, on any thread.</param>
    public PrintedText(Action<string> say)
    {
        _writer = new(say);
        Console.SetOut(_writer);
        Console.SetError(_writer);
    }

    public void Dispose()
    {
        Console.SetOut(_out);
        Console.SetError(_error);
        _writer.Dispose();
    }
}
