using System.Runtime.Versioning;
using System.Text;
using Spud.Models;
using Xunit;

namespace Spud.Tests.Models;

public sealed class GgufRefusalTests
{
    private const uint F32 = (uint)ElementType.F32;

    private static readonly byte[] _block = new byte[32];

    /// <summary>A broken file by name, and what its message must hold, in this order.</summary>
    private static readonly Dictionary<string, (Func<byte[]> File, string[] Message)> _broken = new()
    {
        ["empty"] = (() => [], ["expected a GGUF", "empty file"]),
        ["text"] = (() => "Hello, this is a text file."u8.ToArray(), ["not a GGUF", "byte 0", "text", "'Hello"]),
        ["text of two bytes"] = (() => "Hi"u8.ToArray(), ["not a GGUF", "'Hi'"]),
        ["Git LFS pointer"] = (() => "version https://git-lfs.github.com/spec/v1\n"u8.ToArray(), ["Git LFS", "git lfs pull"]),
        ["zip"] = (() => "PK\u0003\u0004 and so on"u8.ToArray(), ["zip", "Convert the model to GGUF"]),
        ["safetensors"] = (() => [9, 0, 0, 0, 0, 0, 0, 0, .. "{\"a\":1}"u8], ["safetensors"]),
        ["zeros"] = (() => new byte[64], ["expected 'GGUF'", "00000000"]),
        ["magic alone"] = (() => "GGUF"u8.ToArray(), ["version", "expected 4 bytes, got 0"]),
        ["big-endian"] = (() => new GgufBuilder { Version = 0x03000000 }.Build(), ["big-endian", "expected little-endian"]),
        ["version 0"] = (() => new GgufBuilder { Version = 0 }.Build(), ["byte 4", "version 0, expected 2 or 3"]),
        ["version 1"] = (() => new GgufBuilder { Version = 1 }.Build(), ["version 1, expected 2 or 3", "Convert"]),
        ["version 4"] = (() => new GgufBuilder { Version = 4 }.Build(), ["version 4, expected 2 or 3", "Update Spud"]),
        ["more keys than bytes"] = (() => new GgufBuilder { KeyCount = 1ul << 62 }.Build(), ["byte 16", "4611686018427387904 keys", "0 bytes are left"]),
        ["more tensors than bytes"] = (() => new GgufBuilder { TensorCount = ulong.MaxValue }.Build(), ["18446744073709551615 tensors", "0 bytes are left"]),
        ["one key too many"] = (() => [.. new GgufBuilder { KeyCount = 2 }.Set("a", 1).Build(), .. new byte[13]], ["key", "name of a key is empty"]),
        ["key twice"] = (() => new GgufBuilder().Set("a.b", 1).Set("a.b", 2).Build(), ["key 'a.b'", "occurs twice"]),
        ["key too long"] = (() => new GgufBuilder().Set(new string('k', 70000), 1).Build(), ["70000 bytes, expected at most 65535"]),
        ["key not UTF-8"] = (() => Patch(new GgufBuilder().Set("abc", 1), "abc", 0xff), ["name of a key is not valid UTF-8"]),
        ["unknown value type"] = (() => new GgufBuilder().SetRaw("a", (GgufValueType)13, b => b.Number(1)).Build(), ["key 'a'", "13, expected 0 to 12"]),
        ["string longer than the file"] = (() => new GgufBuilder().SetRaw("a", GgufValueType.String, b => b.Number(1ul << 40)).Build(), ["key 'a'", "byte 37", "1099511627776 bytes", "0 are left"]),
        ["string not UTF-8"] = (() => Patch(new GgufBuilder().Set("a", "xyz"), "xyz", 0xc0), ["key 'a'", "not valid UTF-8"]),
        ["string of an array not UTF-8"] = (() => Patch(new GgufBuilder().Set("a", "fine", "xyz"), "xyz", 0xc0), ["key 'a'", "not valid UTF-8"]),
        ["bool of 2"] = (() => new GgufBuilder().SetRaw("a", GgufValueType.Bool, b => b.Raw([2])).Build(), ["key 'a'", "neither 0 nor 1"]),
        ["array of arrays"] = (() => new GgufBuilder().SetArray("a", GgufValueType.Array, new[] { 1 }, (b, _) => b.Raw(new byte[32])).Build(), ["key 'a'", "array of arrays"]),
        ["array element type"] = (() => new GgufBuilder().SetArray("a", (GgufValueType)99, new[] { 1 }, (b, _) => b.Raw(new byte[32])).Build(), ["key 'a'", "99, expected 0 to 12"]),
        ["array longer than the file"] = (() => HugeArray(GgufValueType.Int32), ["key 'a'", "2305843009213693951 elements of at least 4 bytes", "16 bytes are left"]),
        ["array of strings longer than the file"] = (() => HugeArray(GgufValueType.String), ["key 'a'", "2305843009213693951 elements of at least 8 bytes"]),
        ["alignment 0"] = (() => new GgufBuilder().Set("general.alignment", 0u).Build(), ["general.alignment", "power of two", "got 0"]),
        ["alignment 48"] = (() => new GgufBuilder().Set("general.alignment", 48u).Build(), ["general.alignment", "power of two", "got 48"]),
        ["alignment huge"] = (() => new GgufBuilder().Set("general.alignment", 1u << 31).Build(), ["general.alignment", "from 8 to 2097152, got 2147483648"]),
        ["alignment text"] = (() => new GgufBuilder().Set("general.alignment", "32").Build(), ["general.alignment", "expected an integer, got String"]),
        ["tensor twice"] = (() => new GgufBuilder().Add("t", ElementType.F32, [8]).Add("t", ElementType.F32, [8]).Build(), ["tensor 't'", "occurs twice"]),
        ["tensor without a name"] = (() => new GgufBuilder().Add("", ElementType.F32, [8]).Build(), ["name of a tensor is empty"]),
        ["tensor name too long"] = (() => new GgufBuilder().Add(new string('t', 65), ElementType.F32, [8]).Build(), ["65 bytes, expected at most 64"]),
        ["no axes"] = (() => new GgufBuilder().AddRaw("t", F32, [], _block).Build(), ["tensor 't'", "0 axes, expected 1 to 4"]),
        ["five axes"] = (() => new GgufBuilder().AddRaw("t", F32, [1, 1, 1, 1, 1], _block).Build(), ["tensor 't'", "5 axes, expected 1 to 4"]),
        ["axis of 0"] = (() => new GgufBuilder().AddRaw("t", F32, [8, 0], _block).Build(), ["tensor 't'", "axis 1 has length 0"]),
        ["axis of 2^63"] = (() => new GgufBuilder().AddRaw("t", F32, [1ul << 63], _block).Build(), ["tensor 't'", "9223372036854775808, expected 1 to 2147483647"]),
        ["elements overflow"] = (() => new GgufBuilder().AddRaw("t", F32, [1 << 30, 1 << 30, 1 << 30, 1 << 30], _block).Build(), ["tensor 't'", "63 bits"]),
        ["elements wrap to a small number"] = (() => new GgufBuilder().AddRaw("t", F32, [1 << 30, 1 << 30, 16, 1], _block).Build(), ["tensor 't'", "63 bits"]),
        ["bytes overflow"] = (() => new GgufBuilder().AddRaw("t", (uint)ElementType.F64, [1 << 30, 1 << 30, 7], _block).Build(), ["tensor 't'", "are not in the file"]),
        ["element type of the past"] = (() => new GgufBuilder().AddRaw("t", 4, [32], _block).Build(), ["tensor 't'", "unknown element type 4"]),
        ["element type of the future"] = (() => new GgufBuilder().AddRaw("t", 4_000_000_000, [32], _block).Build(), ["tensor 't'", "unknown element type 4000000000"]),
        ["part of a block"] = (() => new GgufBuilder().AddRaw("t", (uint)ElementType.Q4_K, [128, 2], _block).Build(), ["tensor 't'", "128 elements, expected a multiple of 256", "Q4_K"]),
        ["offset not aligned"] = (() => new GgufBuilder().AddRaw("t", F32, [8], _block, offset: 8).Build(), ["tensor 't'", "offset 8", "alignment 32"]),
        ["offset beyond the file"] = (() => new GgufBuilder().AddRaw("t", F32, [8], _block, offset: 1 << 20).Build(), ["tensor 't'", "not in the file"]),
        ["offset that wraps"] = (() => new GgufBuilder().AddRaw("t", F32, [8], _block, offset: ulong.MaxValue - 31).Build(), ["tensor 't'", "not in the file"]),
        ["data cut short"] = (() => new GgufBuilder().Add("t", ElementType.F32, [8]).Build()[..^1], ["tensor 't'", "bytes 64 to 96 are not in the file, which has 95", "cut short"]),
        ["overlap"] = (() => new GgufBuilder().AddRaw("one", F32, [16], new byte[64]).AddRaw("two", F32, [8], _block, offset: 32).Build(), ["tensor 'two'", "inside 'one'"]),
        ["same place"] = (() => new GgufBuilder().AddRaw("one", F32, [8], _block, offset: 0).AddRaw("two", F32, [8], _block, offset: 0).Build(), ["tensor 'two'", "inside 'one'"]),
    };

    public static TheoryData<string> Broken { get; } = [.. _broken.Keys];

    [Theory]
    [MemberData(nameof(Broken))]
    public void ABrokenFileIsRefusedWithPlaceExpectedAndGot(string name)
    {
        using TempFolder folder = new();
        string path = folder.Write("broken.gguf", _broken[name].File());
        AssertRefused(path, [path, .. _broken[name].Message]);
    }

    [Fact]
    public void EveryTruncationOfAFileIsRefused()
    {
        using TempFolder folder = new();
        byte[] whole = new GgufBuilder().Set("a", "text").Set("b", 1, 2, 3).Set("c", "x", "yz").Set("d", true)
            .Add("t", ElementType.F32, [2, 4]).Add("u", ElementType.Q8_0, [1, 32]).Build();
        GgufFile.Open(folder.Write("whole.gguf", whole)).Dispose();
        for (int length = 0; length < whole.Length; length++)
            AssertRefused(folder.Write("cut.gguf", whole.AsSpan(0, length)), ["cut.gguf"]);
    }

    [Fact]
    public void AFolderIsRefused()
    {
        using TempFolder folder = new();
        AssertRefused(folder.Path, [folder.Path, "got a folder", "Name a .gguf file"]);
    }

    [Theory]
    [InlineData("absent.gguf")]
    [InlineData("no/such/folder/absent.gguf")]
    [InlineData("nul\0character")]
    public void AMissingFileIsRefused(string name)
    {
        using TempFolder folder = new();
        AssertRefused(folder.File(name), ["no such file", "Check the path"]);
    }

    [Fact]
    public void AnEmptyPathIsRefused() => AssertRefused("", ["no such file"]);

    [Fact]
    public void ALinkToNothingIsRefused()
    {
        using TempFolder folder = new();
        AssertRefused(File.CreateSymbolicLink(folder.File("m.gguf"), folder.File("gone")).FullName, ["m.gguf", "link"]);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void AFileThatMayNotBeReadIsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix file modes");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read everything: run the tests as another user");
        using TempFolder folder = new();
        string path = folder.Write("m.gguf", new GgufBuilder().Build());
        File.SetUnixFileMode(path, UnixFileMode.None);
        AssertRefused(path, [path, "may not be read", "permissions"]);
    }

    [Fact]
    public void AFileThatAnotherProgramHoldsIsRefused()
    {
        using TempFolder folder = new();
        string path = folder.Write("m.gguf", new GgufBuilder().Build());
        using FileStream lockedElsewhere = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        AssertRefused(path, [path, "cannot be opened"]);
    }

    [Fact]
    public void ADeviceIsRefusedWithoutReadingIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/zero");
        AssertRefused("/dev/zero", ["/dev/zero", "empty file"]);
    }

    [Fact]
    public void AMessageStaysOneLineWhateverTheFileHolds()
    {
        using TempFolder folder = new();
        string path = folder.Write("m.gguf", new GgufBuilder().Set("a\nb\u001b[31m" + new string('x', 500), 1).SetRaw("c", (GgufValueType)77, _ => { }).Build());
        AssertRefused(path, ["77"]);
        AssertRefused(folder.Write("n.gguf", new GgufBuilder().SetRaw("a\nb\u001b" + new string('x', 500), (GgufValueType)77, _ => { }).Build()), ["'a\\u000ab\\u001bxxx", "…'"]);
    }

    private static void AssertRefused(string path, string[] parts)
    {
        string message = Assert.Throws<ModelFileException>(() => GgufFile.Open(path)).Message;
        int from = 0;
        foreach (string part in parts)
        {
            int at = message.IndexOf(part.Replace("\0", "\\u0000", StringComparison.Ordinal), from, StringComparison.Ordinal);
            Assert.True(at >= 0, $"'{part}' is missing, or not in its place, in: {message}");
            from = at + 1;
        }

        Assert.DoesNotContain('\n', message);
        Assert.InRange(message.Length, 20, 700);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    /// <summary>The file with the first byte of a text replaced.</summary>
    private static byte[] Patch(GgufBuilder builder, string text, byte value)
    {
        byte[] file = builder.Build();
        file[file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text))] = value;
        return file;
    }

    private static byte[] HugeArray(GgufValueType type) => new GgufBuilder().SetRaw("a", GgufValueType.Array, b =>
    {
        b.Number((uint)type);
        b.Number(ulong.MaxValue / 8);
        b.Raw(new byte[16]);
    }).Build();
}
