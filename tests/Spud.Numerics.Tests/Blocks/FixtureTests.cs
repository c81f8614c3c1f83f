using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Numerics.Tests.Blocks;

/// <summary>tests/data/dequant: blocks made by llama.cpp, expanded by the gguf Python package. Every bit must agree.</summary>
public sealed class FixtureTests
{
    public static TheoryData<string> Formats =>
        [.. Directory.GetFiles(TestData.Path("dequant"), "*.bin").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Fact]
    public void ThereAreFixturesOfTwentyFiveFormats() => Assert.Equal(25, Formats.Count);

    [Theory]
    [MemberData(nameof(Formats))]
    public void ExpandsToTheBitsOfThePythonPackage(string name)
    {
        BlockFormat format = FormatNamed(name);
        byte[] source = TestData.Bytes($"dequant/{name}.bin");
        float[] expected = TestData.Floats($"dequant/{name}.f32");
        var actual = new float[expected.Length];
        Expansion.ToF32(format.Type, source, actual);
        Bits.Equal(expected, actual);
    }

    private static BlockFormat FormatNamed(string name)
    {
        foreach (int type in BlockFormat.Known)
        {
            if (string.Equals(BlockFormat.Of(type).Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return BlockFormat.Of(type);
            }
        }

        throw new ArgumentException($"No format is called {name}.", nameof(name));
    }
}
