using Spud.Numerics;
using Xunit;

namespace Router.Hierarchical.Tests;

/// <summary>What a text is taken for, given the experts that it favours.</summary>
public sealed class KindTests
{
    [Fact]
    public void DistancesAreThoseOfHellinger()
    {
        Assert.Equal(0, TextKind.Distance([3, 1, 0], [0.75f, 0.25f, 0]), 1e-12);
        Assert.Equal(1, TextKind.Distance([5, 0], [0, 1]), 1e-12);
        Assert.Equal(1 - Math.Sqrt(0.5), TextKind.Distance([7, 0], [0.5f, 0.5f]), 1e-12);
    }

    [Fact]
    public void TheNearestKindIsTheAnswerAndNoneBeyondItsRadius()
    {
        float[] radii = [0.2f, 0.3f];
        (int kind, double confidence) = TextKind.Choose([0.1, 0.25], radii, 0.05);
        double all = Math.Exp(-0.1 / 0.05) + Math.Exp(-0.25 / 0.05) + Math.Exp(-0.2f / 0.05);
        Assert.Equal(0, kind);
        Assert.Equal(Math.Exp(-0.1 / 0.05) / all, confidence, 1e-9);

        (kind, confidence) = TextKind.Choose([0.5, 0.6], radii, 0.05);
        Assert.Equal(-1, kind);
        Assert.Equal(Math.Exp(-0.2f / 0.05) / (Math.Exp(-0.2f / 0.05) + Math.Exp(-0.5 / 0.05) + Math.Exp(-0.6 / 0.05)), confidence, 1e-9);
    }

    [Fact]
    public void OfEqualSumsTheLowerExpertsAreThePool()
    {
        ulong[] pool = [ulong.MaxValue, ulong.MaxValue];
        double[] sums = new double[70];
        sums[69] = sums[68] = 1;
        ExpertPool.Choose(sums, 4, 0, pool);
        Assert.Equal([0, 1, 68, 69], Enumerable.Range(0, 70).Where(expert => ExpertPool.Holds(pool, expert)));
    }

    [Fact]
    public void APoolThatHoldsTooLittleIsNone()
    {
        ulong[] pool = [1];
        ExpertPool.Choose([1, 1, 1, 1], 2, 0.51, pool);
        Assert.True(ExpertPool.IsNone(pool));
        ExpertPool.Choose([1, 1, 1, 1], 2, 0.5, pool);
        Assert.Equal(3ul, pool[0]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(63, false)]
    [InlineData(64, true)]
    [InlineData(256, false)]
    [InlineData(320, true)]
    [InlineData(576, true)]
    public void PoolsBeginAt64AndThenEvery256Tokens(int position, bool begins) => Assert.Equal(begins, ExpertPool.BeginsAt(position));
}
