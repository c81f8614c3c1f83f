using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spud.Host;

/// <summary>
/// What commands read from and write to. Data goes to <see cref="Out"/>, everything else to <see cref="Error"/>; both are UTF-8
/// without a byte order mark, whatever the terminal's locale. This is the one place where text is made safe for a person to read:
/// see <see cref="SafeText"/>.
/// </summary>
internal sealed class Shell : IDisposable
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly TextWriter _rawOut;

    /// <param name="input">Standard input, as bytes.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error; flushes itself.</param>
    public Shell(Stream input, TextWriter output, TextWriter error)
    {
        (In, _rawOut, RawError) = (input, output, error);
        Out = new SafeWriter(output);
        // A plugin may write from a thread of its own.
        Error = TextWriter.Synchronized(new SafeWriter(error));
    }

    /// <summary>Standard input, as bytes.</summary>
    public Stream In { get; }

    /// <summary>Standard output for tables, figures and JSON.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Standard error for progress bars, which move the cursor.</summary>
    public TextWriter RawError { get; }

    /// <summary>Whether a person types the input.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Whether a person reads the output.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether a person reads the errors: progress is shown only there.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether a person sits before a terminal that can be drawn on.</summary>
    public bool HasScreen => InIsTerminal && OutIsTerminal && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>When this program took over.</summary>
    public DateTime Started { get; } = DateTime.Now;

    /// <summary>Ctrl-C and other signals that end the process.</summary>
    public Interrupts Interrupts { get; init; } = new();

    /// <summary>Raised with every line for people.</summary>
    public event Action<string>? Said;

    /// <summary>Raised with every exception that was reported and after which the command goes on.</summary>
    public event Action<Exception>? Failed;

    /// <summary>What the command reads and writes.</summary>
    public CommandFiles Files { get; } = new();

    /// <summary>The shell of this process.</summary>
    public static Shell OfProcess()
    {
        Shell shell = new(
            StandardStreams.In(),
            new StreamWriter(StandardStreams.Out(), s_utf8, bufferSize: 4096),
            new StreamWriter(StandardStreams.Error(), s_utf8, bufferSize: 256) { AutoFlush = true })
        {
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
        };
        // What a plugin prints is not our data.
        Console.SetOut(shell.Error);
        Console.SetError(shell.Error);
        shell.Interrupts.Watch();
        return shell;
    }

    /// <summary>A line for people, cut where it is too long.</summary>
    public void Say(string line)
    {
        Error.WriteLine(SafeText.Cut(line));
        Said?.Invoke(line);
    }

    /// <summary>Notes an exception of which the user is told the message alone.</summary>
    public void NoteFailure(Exception exception) => Failed?.Invoke(exception);

    /// <summary>Text that a model generated: unchanged into a pipe or file, made safe for a terminal.</summary>
    /// <param name="text">The text.</param>
    /// <param name="raw">Whether a terminal gets it unchanged too.</param>
    public void WriteModelText(string text, bool raw)
    {
        (OutIsTerminal && !raw ? Out : _rawOut).Write(text);
        _rawOut.Flush();
    }

    /// <summary>Tells the terminal something, such as to show its cursor.</summary>
    public void WriteControl(string sequences)
    {
        _rawOut.Write(sequences);
        _rawOut.Flush();
    }

    /// <summary>One JSON document on a line of its own.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type)
    {
        Out.WriteLine(JsonSerializer.Serialize(value, type));
        Out.Flush();
    }

    public void Dispose() => Interrupts.Dispose();
}
