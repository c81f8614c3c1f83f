using System.Text;

namespace Spud.Host.Repl.Screen;

/// <summary>Turns text that plugins print while the screen is shown into lines of the conversation.</summary>
/// <param name="say">Receives each line, on any thread.</param>
internal sealed class ScreenWriter(Action<string> say) : TextWriter
{
    private const int LongestLine = 4_000;

    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_gate)
        {
            if (value != '\n' && _line.Length < LongestLine)
                _line.Append(value);
            else
                End();
        }
    }

    public override void Flush()
    {
        lock (_gate)
            End();
    }

    private void End()
    {
        if (_line.ToString().TrimEnd('\r') is { Length: > 0 } line)
            say(line);

        _line.Clear();
    }
}
