using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Spud.Models;

/// <summary>Reads a GGUF header front to back; every number is checked against the bytes left before it is believed.</summary>
internal sealed class GgufReader(MappedFile file)
{
    /// <summary>What to do about most faults.</summary>
    public const string Damaged = "The file is damaged or was cut short: download it again.";

    /// <summary>The longest string taken, in bytes; chat templates and tokenizer definitions stay well below.</summary>
    public const int MaxStringBytes = 64 << 20;

    private long _field; // where the last thing taken begins

    /// <summary>What is being read, for messages: "header", "key" or "tensor".</summary>
    public string Kind { get; set; } = "header";

    /// <summary>Name of the key or tensor that is being read; null before it is known.</summary>
    public string? Name { get; set; }

    public MappedFile File => file;

    /// <summary>The next byte to read, counted from the beginning of the file.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes from <see cref="Position"/> to the end of the file.</summary>
    public long Left => file.Length - Position;

    /// <summary>The next bytes. Throws if the file ends before them.</summary>
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

    /// <summary>A count of things that take at least so many bytes each. Throws if they cannot be in the file.</summary>
    public int Count(string what, int bytesEach)
    {
        ulong count = UInt64($"number of {what}");
        if (count > (ulong)(Left / bytesEach) || count > int.MaxValue / (ulong)bytesEach)
            throw Fault($"{count} {what} of at least {bytesEach} bytes each, but only {Left} bytes are left in the file");
        return (int)count;
    }

    /// <summary>Length of a string whose bytes come next. Throws if they are more than allowed, or more than the file has.</summary>
    public int StringLength(string what, int maxBytes)
    {
        ulong length = UInt64(what);
        if (length > (ulong)Left)
            throw Fault($"the {what} claims {length} bytes, but only {Left} are left in the file");
        return length <= (ulong)maxBytes ? (int)length : throw Fault($"the {what} has {length} bytes, expected at most {maxBytes}");
    }

    /// <summary>A name: 1 to <paramref name="maxBytes"/> bytes of UTF-8.</summary>
    public string Text(string what, int maxBytes)
    {
        int length = StringLength(what, maxBytes);
        if (length == 0)
            throw Fault($"the {what} is empty");
        return Encoding.UTF8.GetString(Utf8Bytes(length, what));
    }

    /// <summary>Skips text, having checked that it is UTF-8.</summary>
    public void SkipText(string what) => Utf8Bytes(StringLength(what, MaxStringBytes), what);

    /// <summary>Skips texts like <see cref="SkipText"/>. A vocabulary has 100,000 of them: the good ones pass in one tight loop.</summary>
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
            SkipText(what); // says what is wrong with it
            throw Fault($"the array needs more than {int.MaxValue} bytes");
        }
    }

    /// <summary>A fault of what was taken last.</summary>
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
