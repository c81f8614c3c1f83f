using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Terminal.Gui.Drivers;

namespace Spud.Host.Repl.Screen;

/// <summary>
/// Input from the terminal. The library's own reader decodes each read separately, so that a long paste loses characters split across
/// two reads; it mistakes a closed terminal for one with input, forever; and it polls fifty times a second.
/// </summary>
internal sealed class TerminalInput : AnsiInput, IInput<char>
{
    private const int StandardInput = 0;
    private const int BufferBytes = 1 << 16;

    private readonly Stream? _terminal;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly LegacyKeys _keys = new();
    private readonly byte[] _bytes;
    private readonly char[] _characters;
    private ConcurrentQueue<char>? _queue;
    private bool _isClosed;

    /// <summary>The input of this process.</summary>
    public TerminalInput() : this(null, BufferBytes)
    {
        if (IsAttachedToTerminal && !OperatingSystem.IsWindows())
            _terminal = new FileStream(new SafeFileHandle(StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    }

    /// <summary>An input of bytes.</summary>
    internal TerminalInput(Stream? terminal, int bufferBytes) =>
        (_terminal, _bytes, _characters) = (terminal, new byte[bufferBytes], new char[bufferBytes + 1]);

    /// <summary>The terminal was closed. Raised on the reading thread.</summary>
    public event Action? Closed;

    /// <summary>Characters were read. Raised on the reading thread.</summary>
    public event Action? Arrived;

    /// <summary>Receives the characters.</summary>
    public new void Initialize(ConcurrentQueue<char> inputQueue)
    {
        _queue = inputQueue;
        base.Initialize(inputQueue);
    }

    /// <summary>Reads until it is stopped.</summary>
    public new void Run(CancellationToken runCancellationToken)
    {
        if (_terminal is null || _queue is null)
        {
            base.Run(runCancellationToken);
            return;
        }

        using AnonymousPipeServerStream end = new(PipeDirection.Out);
        using CancellationTokenRegistration ending = runCancellationToken.Register(() => end.WriteByte(0));
        while (!runCancellationToken.IsCancellationRequested && !_isClosed)
        {
            if (!TerminalPoll.Wait(end.ClientSafePipeHandle))
                continue;

            foreach (char c in Read())
                _queue.Enqueue(c);

            Arrived?.Invoke();
        }

        runCancellationToken.WaitHandle.WaitOne();
    }

    public override bool Peek() => !_isClosed && base.Peek();

    public override IEnumerable<char> Read()
    {
        if (_terminal is null)
            return base.Read();

        int bytes = ReadBytes(_terminal);
        if (bytes == 0 && !_isClosed)
        {
            _isClosed = true;
            Closed?.Invoke();
        }

        return _keys.Rewrite(_characters.AsSpan(0, _decoder.GetChars(_bytes, 0, bytes, _characters, 0)));
    }

    private int ReadBytes(Stream terminal)
    {
        try
        {
            return terminal.Read(_bytes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A closed terminal reads like this.
            return 0;
        }
    }
}
