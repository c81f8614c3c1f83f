using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Terminal.Gui.Drivers;

namespace Spud.Host.Repl.Screen;

/// <summary>
/// What a terminal sends. The library's own reader decodes each reading by itself, so that a long paste loses characters that lie across
/// two of them; it takes a terminal that is gone for one that has something to say, for ever; and it looks fifty times a second.
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

    /// <summary>There is no terminal any more. Comes on the thread that reads.</summary>
    public event Action? Closed;

    /// <summary>Characters were read. Comes on the thread that reads.</summary>
    public event Action? Arrived;

    /// <summary>Where characters go.</summary>
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
            // That is how a terminal that was closed reads.
            return 0;
        }
    }
}
