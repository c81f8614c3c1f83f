using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Router.Dynamic.Tests;

public sealed class RefusalTests
{
    private static readonly TestModel s_model = new() { Experts = 8, ExpertsUsed = 2 };

    [Theory]
    [InlineData(null, 9, "maxExperts is 9, but layer 0 has 8 experts")]
    [InlineData(4, 3, "minExperts is 4, but a row of layer 0 has at most 3 experts")]
    [InlineData(3, null, "minExperts is 3, but a row of layer 0 has at most 2 experts")]
    public void ImpossibleNumbersOfExpertsAreRefusedBeforeWeightsAreTaken(int? least, int? most, string message)
    {
        using TestBuild build = new(s_model.Describe());
        RefusedException refusal = Assert.Throws<RefusedException>(() => new DynamicRouter(new() { MinExperts = least, MaxExperts = most }, build));
        Assert.Contains(message, refusal.Message);
        Assert.Empty(build.Taken);
    }
}
