namespace Spud.Host.Repl.Screen;

/// <summary>Takes what is printed by whoever prints, until it is disposed.</summary>
internal sealed class PrintedText : IDisposable
{
    private readonly TextWriter _out = Console.Out;
    private readonly TextWriter _error = Console.Error;
    private readonly ScreenWriter _writer;

    /// <param name="say">Gets each line. From any thread.</param>
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
