using Spud.Composition;
using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution.Domains;

public sealed class CrossingTests
{
    private static readonly string[] s_places = ["host", "one", "two"];

    /// <summary>Head, attention, router and experts on the host or one of two devices: all 81.</summary>
    public static TheoryData<string, string, string, string> Placements
    {
        get
        {
            TheoryData<string, string, string, string> all = [];
            foreach (string head in s_places)
            {
                foreach (string attention in s_places)
                {
                    foreach (string router in s_places)
                    {
                        foreach (string experts in s_places)
                            all.Add(head, attention, router, experts);
                    }
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public void Copies_are_those_that_were_foretold_and_everybody_works_at_home(string head, string attention, string router, string experts)
    {
        Dictionary<string, CountingDevice> devices = new() { ["one"] = new("one"), ["two"] = new("two") };
        Dictionary<string, string> placement = new() { [Roles.Head] = head, [Roles.Attention] = attention, [Roles.Router] = router, [Roles.Experts] = experts };
        using SilentPipeline pipeline = new(role => devices.GetValueOrDefault(placement[role]));
        using Sequence sequence = pipeline.Engine.Open();
        foreach (CountingDevice device in devices.Values)
            device.Crossed.Clear();

        pipeline.Step(sequence);

        IEnumerable<(string From, string To, long Bytes)> foretold = Crossings.Of(pipeline.Pipeline.Parts, Phase.Decode)
            .Select(crossing => (crossing.From, crossing.To, crossing.BytesPerToken));
        Assert.Equal(Sums(foretold), Sums(devices.Values.SelectMany(device => device.Crossed).Select(WithoutLastOffset)));
        if (placement.Values.All(place => place == head))
            Assert.DoesNotContain(devices.Values.SelectMany(device => device.Crossed), copy => copy.Bytes == 8 * sizeof(float));
    }

    [Fact]
    public void A_pipeline_in_one_domain_copies_nothing()
    {
        using SilentPipeline pipeline = new(_ => null);
        Assert.Empty(Crossings.Of(pipeline.Pipeline.Parts, Phase.Decode));
    }

    [Fact]
    public void A_lost_device_ends_the_pipeline_and_marks_its_plugin_alone()
    {
        CountingDevice device = new("one");
        using SilentPipeline pipeline = new(role => role == Roles.Experts ? device : null);
        using Sequence sequence = pipeline.Engine.Open(), other = pipeline.Engine.Open();
        pipeline.Step(sequence);
        device.IsLost = true;

        ComponentException fault = Assert.Throws<ComponentException>(() => pipeline.Step(sequence));
        Assert.Contains("it was pulled out", fault.Message);
        Assert.Equal("experts-plugin", Assert.Single(pipeline.MarkedFaulty).Plugin);
        Assert.Contains("its device one is lost", pipeline.MarkedFaulty[0].Reason);

        device.IsLost = false;
        Assert.Equal(fault.Message, Assert.Throws<ComponentException>(() => pipeline.Step(other)).Message);
    }

    // A plan of T rows has T + 1 offsets: the foretold bytes of a token are those of its row.
    private static (string From, string To, long Bytes) WithoutLastOffset((string From, string To, long Bytes) copy) =>
        copy.Bytes == 2 * sizeof(int) ? copy with { Bytes = sizeof(int) } : copy;

    private static SortedDictionary<string, long> Sums(IEnumerable<(string From, string To, long Bytes)> copies) =>
        new(copies.GroupBy(copy => $"{copy.From} -> {copy.To}").ToDictionary(way => way.Key, way => way.Sum(copy => copy.Bytes)));
}
