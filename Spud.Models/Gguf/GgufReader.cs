using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Spud.Models;

/// <summary>Reads a GGUF header front to back; every number is checked against the remaining bytes before it is used.</summary>
internal sealed class GgufReader(MappedFile file)
{
    /// <summary>Advice for most faults.</summary>
    public const string Damaged = "The file is damaged or was cut short: download it again.";

    /// <summary>Maximum string length, in bytes; chat templates and tokenizer definitions stay well below.</summary>
    public const int MaxStringBytes = 64 << 20;

    private long _field; // where the last item taken begins

    /// <summary>What is being read, for messages: "header", "key" or "tensor".</summary>
    public string Kind { get; set; } = "header";

    /// <summary>Name of the key or tensor being read; null before it is known.</summary>
    public string? Name { get; set; }

    public MappedFile File => file;

    /// <summary>Offset of the next byte to read, from the beginning of the file.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes from <see cref="Position"/> to the end of the file.</summary>
    public long Left => file.Length - Position;

    /// <summary>Takes the next bytes. Throws if the file ends before them.</summary>
    public ReadOnlySpan<byte> Take(int count, string what)
    {
        _field = Position;
        if (count > Left)
            throw Fault($"the file ends inside the {what}: expected {count} bytes, got {Left}");
        ReadOnlySpan<byte> bytes = file.Bytes(Position, count);
        Position += count;
        return bytes;
    }

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>Reads a count of items that take at least this many bytes each. Throws if they do not fit in the file.</summary>
    public int Count(string what, int bytesEach)
    {
        ulong count = UInt64($"number of {what}");
        if (count > (ulong)(Left / bytesEach) || count > int.MaxValue / (ulong)bytesEach)
            throw Fault($"{count} {what} of at least {bytesEach} bytes each, but only {Left} bytes are left in the file");
        return (int)count;
    }

    /// <summary>Reads the length of a string whose bytes come next. Throws if it exceeds the limit, or the rest of the file.</summary>
    public int StringLength(string what, int maxBytes)
    {
        ulong length = UInt64(what);
        if (length > (ulong)Left)
            throw Fault($"the {what} claims {length} bytes, but only {Left} are left in the file");
        return length <= (ulong)maxBytes ? (int)length : throw Fault($"the {what} has {length} bytes, expected at most {maxBytes}");
    }

    /// <summary>Reads a name: 1 to <paramref name="maxBytes"/> bytes of UTF-8.</summary>
    public string Text(string what, int maxBytes)
    {
        int length = StringLength(what, maxBytes);
        if (length == 0)
            throw Fault($"the {what} is empty");
        return Encoding.UTF8.GetString(Utf8Bytes(length, what));
    }

    /// <summary>Skips a string after checking that it is UTF-8.</summary>
    public void SkipText(string what) => Utf8Bytes(StringLength(what, MaxStringBytes), what);

    /// <summary>Skips strings like <see cref="SkipText"/>. A vocabulary has 100,000 of them: the valid ones pass in one tight loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // runs once a process: there is no second time to be faster in
    public void SkipTexts(int count, string what)
    {
        ReadOnlySpan<byte> window = file.Bytes(Position, (int)Math.Min(Left, int.MaxValue));
        int at = 0, passed = 0;
        for (; passed < count && window.Length - at >= 8; passed++)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(window[at..]);
            if (length > (ulong)Math.Min(MaxStringBytes, window.Length - at - 8) || !Utf8.IsValid(window.Slice(at + 8, (int)length)))
                break;
            at += 8 + (int)length;
        }

        Position += at;
        if (passed < count)
        {
            SkipText(what); // reports what is wrong with it
            throw Fault($"the array needs more than {int.MaxValue} bytes");
        }
    }

    /// <summary>An exception for a fault of the last item taken.</summary>
    public ModelFileException Fault(string problem, string advice = Damaged)
    {
        string place = Name is null ? Kind : $"{Kind} {ModelFileException.Quote(Name)}";
        return new ModelFileException($"{file.Path}: {place}, byte {_field}: {problem}. {advice}");
    }

    private ReadOnlySpan<byte> Utf8Bytes(int length, string what)
    {
        ReadOnlySpan<byte> bytes = Take(length, what);
        return Utf8.IsValid(bytes) ? bytes : throw Fault($"the {what} is not valid UTF-8");
    }
}
