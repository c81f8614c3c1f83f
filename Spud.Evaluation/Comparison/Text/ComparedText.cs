using System.Security.Cryptography;
using System.Text;

namespace Spud.Evaluation.Comparison;

/// <summary>A text that is streamed, more than once: its bytes are first checked and hashed, and never all held in memory.</summary>
public sealed class ComparedText
{
    private const int ChunkBytes = 1 << 16;
    private readonly Func<Stream> _open;

    private ComparedText(string name, Func<Stream> open)
    {
        (Name, _open) = (name, open);
        using Stream stream = open();
        (Bytes, Sha256) = Check(stream);
    }

    /// <summary>File name, for display.</summary>
    public string Name { get; }

    /// <summary>Its length.</summary>
    public long Bytes { get; }

    /// <summary>Hash of its bytes, in hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>A file.</summary>
    /// <exception cref="ComparisonException">The file is missing, a directory, unreadable, empty or not UTF-8.</exception>
    public static ComparedText OfFile(string path)
    {
        if (Directory.Exists(path))
            throw new ComparisonException($"{path}: expected a text file, got a directory.");

        try
        {
            return new(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ComparisonException($"{path}: {(fault is FileNotFoundException or DirectoryNotFoundException ? "no such file" : fault.Message)}");
        }
    }

    /// <summary>A text in memory.</summary>
    /// <exception cref="ComparisonException">The text is empty or not UTF-8.</exception>
    public static ComparedText OfBytes(string name, byte[] content) => new(name, () => new MemoryStream(content, writable: false));

    internal Stream Open() => _open();

    private (long Bytes, string Sha256) Check(Stream stream)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Decoder decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        byte[] bytes = new byte[ChunkBytes];
        char[] characters = new char[ChunkBytes + 1];
        (long length, bool blank) = (0, true);
        while (stream.Read(bytes) is > 0 and int read)
        {
            hash.AppendData(bytes, 0, read);
            blank &= Decode(decoder, bytes.AsSpan(0, read), characters, length, flush: false).Trim().Trim('\uFEFF').IsEmpty;
            length += read;
        }

        Decode(decoder, [], characters, length, flush: true);
        if (blank)
            throw new ComparisonException($"{Name}: the text is empty: there is nothing to compare.");

        return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private ReadOnlySpan<char> Decode(Decoder decoder, ReadOnlySpan<byte> bytes, char[] to, long before, bool flush)
    {
        try
        {
            return to.AsSpan(0, decoder.GetChars(bytes, to, flush));
        }
        catch (DecoderFallbackException fault)
        {
            string got = fault.BytesUnknown is { Length: > 0 } wrong ? $"byte 0x{wrong[0]:x2}" : "an unfinished character";
            throw new ComparisonException($"{Name}: expected UTF-8, got {got} at offset {Math.Max(0, before + fault.Index)}. Convert the text, for example with iconv -t UTF-8.");
        }
    }
}
