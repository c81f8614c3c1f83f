using Spud.Training.Analysis;
using Xunit;

namespace Spud.Training.Tests.Analysis;

public sealed class CollisionTests
{
    [Fact]
    public void DomainsThatShareNoExpertAreToldApartByOne()
    {
        Collision collision = Collision.Of(new Dictionary<string, double[]> { ["prose"] = [0.5, 0.5, 0, 0], ["code"] = [0, 0, 0.25, 0.75] });
        Assert.Equal(("prose", "code", 0.0), Assert.Single(collision.Overlaps));
        Assert.Equal(1, collision.Information, 1e-12);
    }

    [Fact]
    public void DomainsThatUseExpertsAlikeAreNotToldApart()
    {
        Collision collision = Collision.Of(new Dictionary<string, double[]> { ["prose"] = [0.2, 0.8], ["code"] = [0.2, 0.8], ["reasoning"] = [0.2, 0.8] });
        Assert.All(collision.Overlaps, static pair => Assert.Equal(1, pair.Overlap, 1e-12));
        Assert.Equal(3, collision.Overlaps.Count);
        Assert.Equal(0, collision.Information, 1e-12);
    }

    [Fact]
    public void SharesAreMadeToSumToOne()
    {
        Collision collision = Collision.Of(new Dictionary<string, double[]> { ["prose"] = [2, 2], ["code"] = [0.25, 0.75] });
        Assert.Equal(0.75, collision.Overlaps[0].Overlap, 1e-12);
        // 0.5 [0.5 log(0.5 / 0.375) + 0.5 log(0.5 / 0.625)] + 0.5 [0.25 log(0.25 / 0.375) + 0.75 log(0.75 / 0.625)]
        Assert.Equal(0.0487949406953985, collision.Information, 1e-12);
    }
}
