using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;

namespace Spud.Host;

/// <summary>
/// What commands read from and write to. Data goes to <see cref="Out"/>, everything else to <see cref="Error"/>; both are UTF-8
/// without a byte order mark, whatever the terminal's locale. Model text is written as it is, never through markup.
/// </summary>
internal sealed class Shell : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Standard input, as bytes.</summary>
    public required Stream In { get; init; }

    /// <summary>Standard output; whoever streams flushes.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard error; flushes itself.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person types the input.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Whether a person reads the output.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether a person reads the errors: progress is shown only there.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Ctrl-C and its kin.</summary>
    public Interrupts Interrupts { get; init; } = new();

    /// <summary>The shell of this process.</summary>
    public static Shell OfProcess()
    {
        Shell shell = new()
        {
            In = Console.OpenStandardInput(),
            Out = new StreamWriter(OpenOutput(), Utf8, bufferSize: 4096),
            Error = new StreamWriter(Console.OpenStandardError(), Utf8, bufferSize: 256) { AutoFlush = true },
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
        };
        shell.Interrupts.Watch();
        return shell;
    }

    /// <summary>A line for people.</summary>
    public void Say(string line) => Error.WriteLine(line);

    /// <summary>One JSON document on a line of its own.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type)
    {
        Out.WriteLine(JsonSerializer.Serialize(value, type));
        Out.Flush();
    }

    public void Dispose() => Interrupts.Dispose();

    // The console's stream swallows the error that a closed pipe gives, and the program would go on writing for nobody. A file stream
    // reports it, but keeps its own position in a file, which several writers of one file cannot bear: it is for pipes alone.
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.OpenStandardOutput();

        FileStream output = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
