using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Router.Hierarchical.Tests;

public sealed class RefusalTests
{
    private static readonly TestModel s_model = new() { Experts = 16, ExpertsUsed = 3 };

    [Theory]
    [InlineData(5, null, null, "pool is 5, but layer 0 needs at least 6: twice the 3 experts that the model was trained to use")]
    [InlineData(7, null, 8, "pool is 7, but layer 0 needs at least 8")]
    [InlineData(17, null, null, "pool is 17, but layer 0 has 16 experts")]
    [InlineData(null, null, 17, "maxExperts is 17, but layer 0 has 16 experts")]
    [InlineData(null, 4, null, "minExperts is 4, but a row of layer 0 has at most 3 experts")]
    public void ImpossibleNumbersAreRefusedBeforeWeightsAreTaken(int? pool, int? least, int? most, string message)
    {
        using TestBuild build = new(s_model.Describe());
        RefusedException refusal = Assert.Throws<RefusedException>(() => new HierarchicalRouter(new() { Pool = pool, MinExperts = least, MaxExperts = most }, build));
        Assert.Contains($"router hierarchical: {message}", refusal.Message);
        Assert.Empty(build.Taken);
    }

    [Fact]
    public void ByDefaultNoRowGetsMoreExpertsThanTheModelWasTrainedWith()
    {
        using TestBuild build = new(s_model.Describe());
        using HierarchicalRouter router = new(new(), build);
        Assert.Equal(3, router.MaxExpertsPerRow);
    }
}
