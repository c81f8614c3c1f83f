using Xunit;

namespace Spud.Abstractions.Tests;

public sealed class ElementTypesTests
{
    [Theory]
    [InlineData(ElementType.F32, 3, 12)]
    [InlineData(ElementType.Q4_1, 64, 40)]
    [InlineData(ElementType.Q6_K, 512, 420)]
    [InlineData(ElementType.NVFP4, 128, 72)]
    public void BytesOfWholeBlocks(ElementType type, long elements, long bytes) => Assert.Equal(bytes, type.BytesOf(elements));

    [Fact]
    public void PartOfABlockIsRefused() => Assert.Throws<ArgumentException>(() => ElementType.Q4_K.BytesOf(100));

    [Fact]
    public void AnUnknownNumberIsRefused()
    {
        Assert.False(((ElementType)4).IsKnown);
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ElementType)4).BytesOf(32));
    }
}
