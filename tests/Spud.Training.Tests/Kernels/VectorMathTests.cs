using System.Runtime.Intrinsics;
using Spud.Training.Kernels;
using Xunit;

namespace Spud.Training.Tests.Kernels;

public sealed class VectorMathTests
{
    [Fact]
    public void ExpIsThatOfDoublePrecision()
    {
        for (float x = -87.2f; x < 88.6f; x += 0.0137f)
            Assert.Equal(1, VectorMath.Exp(Vector512.Create(x))[0] / Math.Exp(x), 3e-7);
        for (float x = -1e-3f; x < 1e-3f; x += 1.7e-6f)
            Assert.Equal(1, VectorMath.Exp(Vector512.Create(x))[3] / Math.Exp(x), 2e-7);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-90, 0)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.NaN, float.NaN)]
    public void ExpOfWhatIsFarOutOrNoNumber(float x, float expected) => Assert.Equal(expected, VectorMath.Exp(Vector512.Create(x))[15]);

    [Theory]
    [InlineData(200)]
    [InlineData(float.PositiveInfinity)]
    public void ExpOfWhatIsTooLargeIsTheLargestThatItGives(float x) => Assert.InRange(VectorMath.Exp(Vector512.Create(x))[7], 3e38f, float.MaxValue);
}
