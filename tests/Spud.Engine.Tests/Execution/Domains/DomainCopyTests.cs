using Spud.Configuration;
using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution.Domains;

public sealed class DomainCopyTests
{
    private static readonly string[] s_locations = ["host", "one", "two"];

    /// <summary>Head, attention, router and experts on the host or one of two devices: all 81.</summary>
    public static TheoryData<string, string, string, string> Placements
    {
        get
        {
            TheoryData<string, string, string, string> all = [];
            foreach (string head in s_locations)
            {
                foreach (string attention in s_locations)
                {
                    foreach (string router in s_locations)
                    {
                        foreach (string experts in s_locations)
                            all.Add(head, attention, router, experts);
                    }
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public void Copies_are_the_operations_of_the_plan_and_every_component_gets_memory_of_its_domain(string head, string attention, string router, string experts)
    {
        Dictionary<string, CountingDevice> devices = new() { ["one"] = new("one"), ["two"] = new("two") };
        Dictionary<string, string> placement = new() { [Roles.Head] = head, [Roles.Attention] = attention, [Roles.Router] = router, [Roles.Experts] = experts };
        using SilentPipeline pipeline = new(role => devices.GetValueOrDefault(placement[role]));
        using Sequence sequence = pipeline.Engine.Open();
        foreach (CountingDevice device in devices.Values)
            device.Crossed.Clear();

        pipeline.Step(sequence);

        IEnumerable<(string From, string To, long Bytes)> planned = pipeline.Pipeline.Parts.PlanOf(Phase.Decode).Copies
            .Select(copy => (copy.From.Memory.Name, copy.Domain.Memory.Name, copy.BytesPerToken));
        Assert.Equal(Sums(planned), Sums(devices.Values.SelectMany(device => device.Crossed).Select(WithoutLastOffset)));
        if (placement.Values.All(location => location == head))
            Assert.DoesNotContain(devices.Values.SelectMany(device => device.Crossed), copy => copy.Bytes == 8 * sizeof(float));
    }

    [Fact]
    public void A_pipeline_in_one_domain_copies_nothing()
    {
        using SilentPipeline pipeline = new(_ => null);
        Assert.Empty(pipeline.Pipeline.Parts.PlanOf(Phase.Decode).Copies);
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
        Assert.Contains("one was pulled out", fault.Message);
        Assert.Equal("experts-plugin", Assert.Single(pipeline.MarkedFaulty).Plugin);
        Assert.Contains("its device one is lost", pipeline.MarkedFaulty[0].Reason);

        device.IsLost = false;
        Assert.Equal(fault.Message, Assert.Throws<ComponentException>(() => pipeline.Step(other)).Message);
    }

    /// <summary>A copy between two devices fails: its device is to blame, not the one that the host was working for.</summary>
    [Theory]
    [InlineData("one", Roles.Attention)]
    [InlineData("two", Roles.Experts)]
    public void A_copy_between_two_devices_that_fails_marks_the_plugin_of_the_lost_one(string lost, string role)
    {
        Dictionary<string, CountingDevice> devices = new() { ["one"] = new("one"), ["two"] = new("two") };
        using SilentPipeline pipeline = new(at => at switch { Roles.Attention => devices["one"], Roles.Experts => devices["two"], _ => null });
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.Silent(Roles.Attention).OnFinish = () => devices[lost].IsLost = true;

        Assert.Throws<ComponentException>(() => pipeline.Step(sequence));

        (string plugin, string reason) = Assert.Single(pipeline.MarkedFaulty);
        Assert.Equal($"{role}-plugin", plugin);
        Assert.Contains($"its device {lost} is lost", reason);
    }

    [Fact]
    public void A_component_in_host_memory_that_loses_a_device_is_marked_alone()
    {
        using SilentPipeline pipeline = new(_ => null);
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.Silent(Roles.Attention).OnFinish = () => throw new DeviceLostException("no answer");

        Assert.Throws<ComponentException>(() => pipeline.Step(sequence));
        Assert.Equal("attention-plugin", Assert.Single(pipeline.MarkedFaulty).Plugin);
    }

    // A plan of T rows has T + 1 offsets: the bytes of a token are those of its row.
    private static (string From, string To, long Bytes) WithoutLastOffset((string From, string To, long Bytes) copy) =>
        copy.Bytes == 2 * sizeof(int) ? copy with { Bytes = sizeof(int) } : copy;

    private static SortedDictionary<string, long> Sums(IEnumerable<(string From, string To, long Bytes)> copies) =>
        new(copies.GroupBy(copy => $"{copy.From} -> {copy.To}").ToDictionary(way => way.Key, way => way.Sum(copy => copy.Bytes)));
}
