using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed class ExpertChoiceTests
{
    [Fact]
    public void TheLargestComeBestFirstAndOfEqualsTheLowerNumber()
    {
        float[] p = [0.1f, 0.3f, 0.1f, 0.4f, 0.1f], weights = new float[4];
        int[] experts = new int[4];
        ExpertChoice.Largest(p, experts, weights);
        Assert.Equal([3, 1, 0, 2], experts);
        Assert.Equal([0.4f, 0.3f, 0.1f, 0.1f], weights);
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity, 0.1f], p);
    }

    [Fact]
    public void RenormalisedWeightsSumToOneUnlessTheyAreNearlyNothing()
    {
        float[] weights = [0.2f, 0.1f, 0.1f], tiny = [1e-6f, 1e-6f];
        ExpertChoice.Renormalise(weights);
        Assert.Equal([0.5f, 0.25f, 0.25f], weights);
        ExpertChoice.Renormalise(tiny);
        Assert.Equal([1e-6f * 16384, 1e-6f * 16384], tiny);
    }

    [Theory]
    [InlineData(0.0, 1, 1)]
    [InlineData(0.4, 1, 1)]
    [InlineData(0.5, 1, 1)]
    [InlineData(0.51, 1, 2)]
    [InlineData(0.75, 1, 2)]
    [InlineData(0.8, 1, 3)]
    [InlineData(0.99, 1, 4)]
    [InlineData(1.0, 1, 4)]
    [InlineData(5.0, 1, 4)]
    [InlineData(0.1, 3, 3)]
    [InlineData(0.1, 4, 4)]
    public void SoFewCandidatesAreCountedThatTheyHoldTheShare(double threshold, int least, int expected) =>
        Assert.Equal(expected, ExpertChoice.Count([0.25f, 0.125f, 0.0625f, 0.0625f], least, threshold, 1));

    [Fact]
    public void TemperatureSharpensAndFlattensTheMass()
    {
        float[] candidates = [0.5f, 0.25f, 0.125f, 0.125f];
        Assert.Equal(1, ExpertChoice.Count(candidates, 1, 0.7, 0.5)); // masses 64 : 16 : 4 : 4
        Assert.Equal(2, ExpertChoice.Count(candidates, 1, 0.7, 1)); // 4 : 2 : 1 : 1
        Assert.Equal(3, ExpertChoice.Count(candidates, 1, 0.7, 100)); // nearly equal
    }

    [Fact]
    public void TheSmallestProbabilitiesAreCountedToo()
    {
        Assert.Equal(2, ExpertChoice.Count([1e-40f, 1e-40f, 0], 1, 0.9, 0.1));
        Assert.Equal(1, ExpertChoice.Count([1, 0, 0], 1, 0.999, 1));
        Assert.Equal(1, ExpertChoice.Count([0.7f], 1, 0.5, 1));
    }

    [Theory]
    [InlineData(1, 1, new[] { 3, 5 })]
    [InlineData(1, 0.5, new[] { 3 })]
    [InlineData(3, 0, new[] { 3, 0, 1 })]
    [InlineData(4, 1, new[] { 3, 0, 1, 5 })]
    public void CandidatesThatExceedTheirOwnThresholdAreKeptInOrder(int least, double effort, int[] expected)
    {
        float[] thresholds = [0.4f, 0.25f, 0, 0.9f, 0, 0.1f], weights = [0.5f, 0.25f, 0.25f, 0.125f];
        int[] experts = [3, 0, 1, 5];
        int kept = ExpertChoice.Exceeding(thresholds, experts, weights, least, effort);
        Assert.Equal(expected, experts[..kept]);
        Dictionary<int, float> before = new() { [3] = 0.5f, [0] = 0.25f, [1] = 0.25f, [5] = 0.125f };
        Assert.Equal(expected.Select(expert => before[expert]), weights[..kept]);
    }
}
