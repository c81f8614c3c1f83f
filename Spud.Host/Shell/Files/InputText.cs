using System.Buffers;
using System.Text;

namespace Spud.Host;

/// <summary>Text from files and standard input: strictly UTF-8; a byte order mark at the beginning is removed.</summary>
internal static class InputText
{
    /// <summary>Maximum size of a text for a model: the longest contexts are a few MiB.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The name that means standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Reads a text, unchanged.</summary>
    /// <param name="path">A file, or "-".</param>
    /// <param name="shell">Provides standard input.</param>
    /// <exception cref="BadInputException">The file does not exist, is a directory, may not be read, is too long, or is not UTF-8.</exception>
    public static string Read(string path, Shell shell)
    {
        shell.Files.Reads(path == StandardInput ? "/dev/stdin" : path);
        if (path == StandardInput)
            return Decode(ReadAll(shell.In, "standard input"), "standard input");
        if (Directory.Exists(path))
            throw new BadInputException($"{path}: expected a text file, got a directory.");

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return Decode(ReadAll(file, path), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path}: {(fault is FileNotFoundException or DirectoryNotFoundException ? "no such file" : fault.Message)}");
        }
    }

    /// <summary>Standard input, unchanged.</summary>
    /// <exception cref="BadInputException">The input is too long.</exception>
    public static byte[] ReadBytes(Shell shell) => ReadAll(shell.In, "standard input").ToArray();

    /// <summary>Reads a prompt, unchanged except for one line break (LF or CR LF) at the end, as added by editors and echo.</summary>
    /// <inheritdoc cref="Read"/>
    public static string ReadPrompt(string path, Shell shell)
    {
        string text = Read(path, shell);
        if (!text.EndsWith('\n'))
            return text;

        return text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)];
    }

    /// <summary>Decodes bytes as text.</summary>
    /// <exception cref="BadInputException">They are not UTF-8; the message names the first invalid byte.</exception>
    internal static string Decode(ReadOnlySpan<byte> bytes, string source)
    {
        int mark = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        for (int at = mark; at < bytes.Length;)
        {
            // ASCII runs are typical, and long.
            int plain = bytes[at..].IndexOfAnyExceptInRange((byte)0, (byte)127);
            if (plain < 0)
                break;

            at += plain;
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out int length) != OperationStatus.Done)
                throw new BadInputException($"{source}: expected UTF-8, got byte 0x{bytes[at]:x2} at offset {at}. Convert the text, for example with iconv -t UTF-8.");

            at += length;
        }

        return Encoding.UTF8.GetString(bytes[mark..]);
    }

    private static ReadOnlySpan<byte> ReadAll(Stream stream, string source)
    {
        byte[] bytes = new byte[4096];
        int length = 0;
        while (stream.Read(bytes, length, bytes.Length - length) is > 0 and int read)
        {
            length += read;
            if (length > MaxBytes)
                throw new BadInputException($"{source}: longer than {MaxBytes >> 20} MiB, the maximum for a text.");
            if (length == bytes.Length)
                Array.Resize(ref bytes, bytes.Length * 2);
        }

        return bytes.AsSpan(0, length);
    }
}
