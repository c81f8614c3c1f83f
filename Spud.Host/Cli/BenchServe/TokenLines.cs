namespace Spud.Host;

/// <summary>Finds the tokens in a stream of server-sent events, as bytes: what else a line may have does not matter to a measurement.</summary>
internal static class TokenLines
{
    private const int BufferBytes = 16 << 10;

    private static ReadOnlySpan<byte> Data => "data: {"u8;

    private static ReadOnlySpan<byte> Content => "\"content\":\""u8;

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The answer.</param>
    /// <param name="token">Called when a chunk with text has come.</param>
    public static void Read(Stream stream, Action token)
    {
        byte[] buffer = new byte[BufferBytes];
        int filled = 0;
        for (int read; (read = stream.Read(buffer, filled, buffer.Length - filled)) > 0;)
        {
            filled += read;
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, filled);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                if (HasText(rest[..end]))
                    token();
            }

            rest.CopyTo(buffer);
            filled = rest.Length;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
        }
    }

    // Text that begins with a quotation mark has a backslash before it.
    private static bool HasText(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Data) || line.IndexOf(Content) is not (>= 0 and var at))
            return false;

        ReadOnlySpan<byte> text = line[(at + Content.Length)..];
        return text.Length > 0 && text[0] != (byte)'"';
    }
}
