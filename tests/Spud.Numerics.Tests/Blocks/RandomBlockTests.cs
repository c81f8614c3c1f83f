using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Numerics.Tests.Blocks;

/// <summary>Random bytes as blocks of every format, against the oracle: NaN and infinite scales included.</summary>
public sealed class RandomBlockTests
{
    public static TheoryData<int> Types => [.. BlockFormat.Known.ToArray()];

    [Theory]
    [MemberData(nameof(Types))]
    public void RandomBlocksEqualTheOracle(int type)
    {
        BlockFormat format = BlockFormat.Of(type);
        int blocks = Math.Max(500, 4096 / format.Elements);
        var source = new byte[blocks * format.Bytes];
        new Random(type).NextBytes(source);
        var actual = new float[blocks * format.Elements];
        Expansion.ToF32(type, source, actual);
        AssertOracle(format, source, actual);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryLengthEqualsTheOracleAndStaysInsideItsBuffers(int type)
    {
        BlockFormat format = BlockFormat.Of(type);
        int most = format.Elements == 1 ? 70 : 5;
        for (int blocks = 0; blocks <= most; blocks++)
        {
            using var source = new GuardedMemory(blocks * format.Bytes);
            using var destination = new GuardedMemory(blocks * format.Elements * sizeof(float));
            foreach (GuardedMemory.Side side in (ReadOnlySpan<GuardedMemory.Side>)[GuardedMemory.Side.Start, GuardedMemory.Side.End])
            {
                Span<byte> bytes = source.Span(side);
                new Random(blocks).NextBytes(bytes);
                Span<float> values = destination.Span<float>(side);
                Expansion.ToF32(type, bytes, values);
                AssertOracle(format, bytes, values);
            }
        }
    }

    [Fact]
    public void UnknownTypesAndPartialBlocksAreRefused()
    {
        Assert.Contains("Known:", Assert.Throws<ArgumentOutOfRangeException>(() => Expansion.ToF32(4, [], [])).Message);
        Assert.Contains("33 elements are not a whole number of Q4_0 blocks (32 elements each)", Assert.Throws<ArgumentException>(
            () => Expansion.ToF32(2, new byte[36], new float[33])).Message);
        Assert.Contains("32 elements of Q4_0 take 18 bytes, got 17", Assert.Throws<ArgumentException>(
            () => Expansion.ToF32(2, new byte[17], new float[32])).Message);
    }

    [Fact]
    public void KnownListsEveryFormatOnceWithItsOwnNumber()
    {
        Assert.Equal(Types.Count, BlockFormat.Known.ToArray().Distinct().Count());
        Assert.All(BlockFormat.Known.ToArray(), type => Assert.Equal(type, BlockFormat.Of(type).Type));
    }

    private static void AssertOracle(BlockFormat format, ReadOnlySpan<byte> source, ReadOnlySpan<float> actual)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            ReadOnlySpan<byte> block = source.Slice(i / format.Elements * format.Bytes, format.Bytes);
            float expected = Oracle.Value(format.Name, block, i % format.Elements);
            if (!Bits.Equal(expected, actual[i]))
            {
                Assert.Fail($"{format.Name}, block {i / format.Elements}, element {i % format.Elements}: "
                    + $"expected {expected:R}, got {actual[i]:R}; block {Convert.ToHexString(block)}");
            }
        }
    }
}
