using Microsoft.Win32.SafeHandles;

namespace Spud.Host;

/// <summary>
/// The three standard streams of this process, any of which the caller may have closed. The runtime opens its own files before Main
/// runs, and the first of them reuse the numbers of closed descriptors, which must therefore be neither read nor written.
/// </summary>
internal static class StandardStreams
{
    private const string OpenFiles = "/proc/self/fd";

    /// <summary>The descriptor of the original standard output.</summary>
    private static int s_output = 1;

    /// <summary>Standard input; empty if it is closed.</summary>
    public static Stream In() => IsClosed(0) ? Stream.Null : Console.OpenStandardInput();

    /// <summary>Standard output; if it is closed, writing fails.</summary>
    public static Stream Out()
    {
        if (IsClosed(1))
            return new ClosedStream();
        // The console's stream swallows the error from a closed pipe, and the program would go on writing without a reader. A file stream
        // reports it, but keeps its own file position, which is wrong with several writers of one file: it is used only for pipes.
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.OpenStandardOutput();

        int descriptor = s_output = OperatingSystem.IsLinux() && Descriptors.Copy(1) is { } copy ? copy : 1;
        FileStream output = new(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        Stream chosen = output.CanSeek ? Console.OpenStandardOutput() : output;
        if (descriptor != 1)
            LeaveToOthers();

        return chosen;
    }

    /// <summary>Writes a message without the console, which cannot start if the system refuses threads.</summary>
    public static void WriteError(string text)
    {
        using SafeFileHandle error = new(2, ownsHandle: false);
        using FileStream stream = new(error, FileAccess.Write, bufferSize: 0);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The path by which this process can open its standard output: a name such as /dev/stdout leads to descriptor 1.</summary>
    public static string PathOf(string path) => s_output != 1 && path is ("/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1") ? $"/proc/self/fd/{s_output}" : path;

    // Output printed to descriptor 1 by native libraries is not our data: it is redirected to standard error.
    private static void LeaveToOthers()
    {
        if (!IsClosed(2))
        {
            Descriptors.Replace(1, 2);
            return;
        }

        using SafeFileHandle nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        Descriptors.Replace(1, (int)nowhere.DangerousGetHandle());
    }

    /// <summary>Standard error. Messages that cannot be delivered are dropped: there is nowhere left to report this.</summary>
    public static Stream Error() => IsClosed(2) ? Stream.Null : new LossyStream(Console.OpenStandardError());

    // A closed descriptor was reused by the runtime: for a pipe whose other end is also here, for memory, or for an event queue.
    private static bool IsClosed(int descriptor)
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists(OpenFiles))
            return false;
        if (new FileInfo($"{OpenFiles}/{descriptor}").LinkTarget is not { } target)
            return true;

        return target.StartsWith("anon_inode:", StringComparison.Ordinal) || target.StartsWith("/memfd:doublemapper", StringComparison.Ordinal)
            || target.StartsWith("pipe:", StringComparison.Ordinal) && HasBothEnds(target);
    }

    private static bool HasBothEnds(string pipe)
    {
        string[] ends = [.. Directory.EnumerateFileSystemEntries(OpenFiles).Where(path => new FileInfo(path).LinkTarget == pipe)];
        return ends.Select(path => CanWrite(Path.GetFileName(path))).Distinct().Count() > 1;
    }

    // "flags:\t0100001": octal, with the lowest bit meaning write-only.
    private static bool CanWrite(string descriptor) =>
        File.ReadLines($"/proc/self/fdinfo/{descriptor}").First(line => line.StartsWith("flags:", StringComparison.Ordinal))[^1] is '1' or '3' or '5' or '7';

    /// <summary>Standard output closed by the caller.</summary>
    private sealed class ClosedStream : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("standard output is closed. Redirect it to a file, or to /dev/null.");
    }

    /// <summary>Drops data that cannot be written.</summary>
    private sealed class LossyStream(Stream inner) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // A full disk or a closed pipe cannot take a message about itself; the exit code still tells.
            }
        }
    }

    private abstract class WriteOnlyStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public abstract override void Write(ReadOnlySpan<byte> buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
