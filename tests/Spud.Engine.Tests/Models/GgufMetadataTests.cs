using Spud.Models;
using Xunit;

namespace Spud.Tests.Models;

public sealed class GgufMetadataTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly GgufFile _file;

    public GgufMetadataTests() => _file = GgufFile.Open(_folder.Write("m.gguf", new GgufBuilder()
        .SetRaw("u8", GgufValueType.UInt8, b => b.Raw([200])).SetRaw("i8", GgufValueType.Int8, b => b.Raw([0x80]))
        .Set("u16", (ushort)65535).SetRaw("i16", GgufValueType.Int16, b => b.Raw([0xfe, 0xff]))
        .Set("u32", uint.MaxValue).Set("i32", -7)
        .Set("u64", ulong.MaxValue).SetRaw("i64", GgufValueType.Int64, b => b.Number(unchecked((ulong)-3)))
        .Set("f32", 1.5f).SetRaw("f64", GgufValueType.Float64, b => b.Number(BitConverter.DoubleToUInt64Bits(0.25))).Set("nan", float.NaN)
        .Set("bool", true).Set("text", "grüß 世界").Set("empty", "")
        .Set("strings", "a", "", "世").Set("ints", 1, -2, 3).Set("floats", 0.5f, float.NegativeInfinity).Set("bools", true, false, true)
        .SetArray("wide", GgufValueType.UInt64, new ulong[] { 1, 1ul << 40 }, (b, v) => b.Number(v))
        .SetArray("narrow", GgufValueType.Int8, new sbyte[] { -1, 2 }, (b, v) => b.Raw([(byte)v]))
        .SetArray("doubles", GgufValueType.Float64, new[] { 2.0, 3.0 }, (b, v) => b.Number(BitConverter.DoubleToUInt64Bits(v)))
        .SetArray("none", GgufValueType.UInt8, Array.Empty<byte>(), (b, v) => b.Raw([v]))
        .Build()));

    private GgufMetadata Metadata => _file.Metadata;

    [Theory]
    [InlineData("u8", 200)]
    [InlineData("i8", -128)]
    [InlineData("u16", 65535)]
    [InlineData("i16", -2)]
    [InlineData("u32", 4294967295)]
    [InlineData("i32", -7)]
    [InlineData("i64", -3)]
    public void IntegersOfEveryWidthWiden(string key, long expected) => Assert.Equal(expected, Metadata.RequireLong(key));

    [Fact]
    public void EveryOtherTypeComesBack()
    {
        Assert.Equal(1.5f, Metadata.RequireFloat("f32"));
        Assert.Equal(0.25f, Metadata.RequireFloat("f64"));
        Assert.True(Metadata.RequireBool("bool"));
        Assert.Equal("grüß 世界", Metadata.RequireString("text"));
        Assert.Equal("", Metadata.RequireString("empty"));
        Assert.Equal(["a", "", "世"], Metadata.RequireStrings("strings"));
        Assert.Equal([1, -2, 3], Metadata.RequireInts("ints"));
        Assert.Equal([-1, 2], Metadata.RequireInts("narrow"));
        Assert.Equal([0.5f, float.NegativeInfinity], Metadata.RequireFloats("floats"));
        Assert.Equal([2f, 3f], Metadata.RequireFloats("doubles"));
        Assert.Equal([true, false, true], Metadata.RequireBools("bools"));
    }

    [Fact]
    public void AnEmptyArrayFitsEveryType()
    {
        Assert.Empty(Metadata.RequireStrings("none"));
        Assert.Empty(Metadata.RequireFloats("none"));
        Assert.Empty(Metadata.RequireInts("none"));
        Assert.Empty(Metadata.RequireBools("none"));
    }

    [Fact]
    public void AnAbsentKeyIsFalseWhenTriedAndAFaultWhenRequired()
    {
        Assert.False(Metadata.TryGetInt("absent", out _));
        Assert.False(Metadata.TryGetLong("absent", out _));
        Assert.False(Metadata.TryGetFloat("absent", out _));
        Assert.False(Metadata.TryGetBool("absent", out _));
        Assert.False(Metadata.TryGetString("absent", out _));
        Assert.False(Metadata.TryGetStrings("absent", out _));
        Assert.False(Metadata.TryGetInts("absent", out _));
        Assert.False(Metadata.TryGetFloats("absent", out _));
        Assert.False(Metadata.TryGetBools("absent", out _));
        AssertFault(() => Metadata.RequireInt("absent"), "m.gguf: key 'absent': expected an integer, got nothing: the key is missing");
        AssertFault(() => Metadata.RequireStrings("absent"), "expected an array of strings, got nothing");
    }

    [Fact]
    public void AWrongTypeIsAFaultThatNamesBoth()
    {
        AssertFault(() => Metadata.RequireInt("text"), "key 'text': expected an integer, got String");
        AssertFault(() => Metadata.RequireInt("bool"), "expected an integer, got Bool");
        AssertFault(() => Metadata.RequireInt("f32"), "expected an integer, got Float32");
        AssertFault(() => Metadata.RequireInt("ints"), "expected an integer, got array of 3 Int32");
        AssertFault(() => Metadata.RequireFloat("i32"), "expected a floating-point number, got Int32");
        AssertFault(() => Metadata.RequireBool("u8"), "expected a truth value, got UInt8");
        AssertFault(() => Metadata.RequireString("strings"), "expected a string, got array of 3 String");
        AssertFault(() => Metadata.RequireStrings("text"), "expected an array of strings, got String");
        AssertFault(() => Metadata.RequireInts("floats"), "expected an array of integers, got array of 2 Float32");
        AssertFault(() => Metadata.RequireFloats("ints"), "expected an array of floating-point numbers, got array of 3 Int32");
        AssertFault(() => Metadata.RequireBools("narrow"), "expected an array of truth values, got array of 2 Int8");
        AssertFault(() => Metadata.TryGetInt("text", out _), "expected an integer, got String");
    }

    [Fact]
    public void AValueOutOfRangeIsAFaultThatNamesIt()
    {
        AssertFault(() => Metadata.RequireInt("u32"), "expected an integer from -2147483648 to 2147483647, got 4294967295");
        AssertFault(() => Metadata.RequireInt("i32", min: 1), "expected an integer from 1 to 2147483647, got -7");
        AssertFault(() => Metadata.RequireInt("u16", 1, 1000), "expected an integer from 1 to 1000, got 65535");
        AssertFault(() => Metadata.RequireLong("u64"), "got 18446744073709551615");
        AssertFault(() => Metadata.RequireInts("wide"), "element 1: expected an integer of 32 bits, got 1099511627776");
        AssertFault(() => Metadata.RequireFloat("nan"), "expected a finite number, got NaN");
    }

    [Fact]
    public void KeysCountAsReadOnceAGetterHasAskedForThem()
    {
        Assert.Equal(Metadata.Keys, Metadata.Unread);
        Assert.True(Metadata.Contains("text"));
        Assert.True(Metadata.IsArray("ints"));
        Assert.Equal((GgufValueType.Int32, 3, 1, 0), (Metadata.TypeOf("ints")!.Value, Metadata.CountOf("ints"), Metadata.CountOf("text"), Metadata.CountOf("absent")));
        Assert.Contains("text", Metadata.Unread);

        _ = Metadata.RequireString("text");
        Metadata.Ignore("nan");
        Assert.Equal(Metadata.Keys.Except(["text", "nan"]), Metadata.Unread);
    }

    [Fact]
    public void OpeningDecodesNoVocabulary()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        using GgufFile file = GgufFile.Open(TestData.DefaultModel);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300_000); // 49,152 tokens alone would take 1.5 MB
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    private static void AssertFault(Func<object> read, string part) =>
        Assert.Contains(part, Assert.Throws<ModelFileException>(read).Message, StringComparison.Ordinal);
}
