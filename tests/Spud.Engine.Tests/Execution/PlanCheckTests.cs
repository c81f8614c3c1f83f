using Spud.Configuration;
using Spud.Execution;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution;

public sealed class PlanCheckTests
{
    // Plans of three rows, two experts each, of five experts.
    public static TheoryData<string, int[], int[], float[]> Broken => new()
    {
        { "offsets start at 1", [1, 2, 4, 6], [0, 1, 0, 1, 0, 1], [1, 1, 1, 1, 1, 1] },
        { "row 1 owns entries 2 .. 1", [0, 2, 1, 3], [0, 1, 2, 3, 0, 1], [1, 1, 1, 1, 1, 1] },
        { "row 2 owns entries 4 .. 7 of 6", [0, 2, 4, 7], [0, 1, 0, 1, 0, 1], [1, 1, 1, 1, 1, 1] },
        { "row 1 owns entries 2 .. 2", [0, 2, 2, 4], [0, 1, 0, 1, 0, 1], [1, 1, 1, 1, 1, 1] },
        { "row 0 owns entries 0 .. -1", [0, -1, 2, 4], [0, 1, 0, 1, 0, 1], [1, 1, 1, 1, 1, 1] },
        { "row 0 has 4 experts, expected at most 2", [0, 4, 5, 6], [0, 1, 2, 3, 0, 1], [1, 1, 1, 1, 1, 1] },
        { "row 1 names expert 5 of 5", [0, 2, 4, 6], [0, 1, 5, 1, 0, 1], [1, 1, 1, 1, 1, 1] },
        { "row 2 names expert -1 of 5", [0, 2, 4, 6], [0, 1, 4, 1, 0, -1], [1, 1, 1, 1, 1, 1] },
        { "row 0 names expert 3 twice", [0, 2, 4, 6], [3, 3, 4, 1, 0, 1], [1, 1, 1, 1, 1, 1] },
        { "row 1 gives expert 4 the weight NaN", [0, 2, 4, 6], [0, 1, 4, 1, 0, 1], [1, 1, float.NaN, 1, 1, 1] },
        { "row 2 gives expert 1 the weight", [0, 2, 4, 6], [0, 1, 4, 1, 0, 1], [1, 1, 1, 1, 1, float.PositiveInfinity] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_plan_that_breaks_a_rule_ends_the_request_with_the_routers_name(string what, int[] offsets, int[] experts, float[] weights)
    {
        using ToyPipeline toy = new(new ToySettings());
        float[] healthy = toy.Run(toy.Engine.Open(), Phase.Prefill, 1, 2, 3);
        toy.Router.Spoil = plan =>
        {
            offsets.CopyTo(plan.Offsets.AsSpan<int>());
            experts.CopyTo(plan.Experts.AsSpan<int>());
            weights.CopyTo(plan.Weights.AsSpan<float>());
        };

        using Sequence sequence = toy.Engine.Open();
        ComponentException fault = Assert.Throws<ComponentException>(() => toy.Run(sequence, Phase.Prefill, 1, 2, 3));
        Assert.Equal((Roles.Router, "toy/router", 0), (fault.Role, fault.Component, fault.Layer));
        Assert.Contains(what, fault.Message);
        Assert.IsType<InvalidDataException>(fault.InnerException);
        Assert.Same(fault, sequence.Fault);

        toy.Router.Spoil = null;
        Assert.Equal(healthy, toy.Run(toy.Engine.Open(), Phase.Prefill, 1, 2, 3));
    }

    [Fact]
    public void A_router_is_not_blamed_for_numbers_that_another_component_left()
    {
        using ToyPipeline toy = new(new ToySettings { Attention = static host => new NotFiniteAttention(host) });
        toy.Router.Spoil = static plan => plan.Weights.AsSpan<float>()[0] = float.NaN; // as a softmax over NaN gives it
        using Sequence sequence = toy.Engine.Open();
        ComponentException fault = Assert.Throws<ComponentException>(() => toy.Run(sequence, Phase.Prefill, 1, 2, 3));
        Assert.Equal("attention 'toy/attention' failed in layer 0: it left numbers in the hidden rows that are not finite", fault.Message);
        Assert.Same(fault, sequence.Fault);
    }

    [Fact]
    public void Fewer_entries_than_the_buffer_holds_are_a_plan()
    {
        using ToyPipeline toy = new(new ToySettings());
        toy.Router.Spoil = plan =>
        {
            plan.SetRow(0, [4], [1]);
            plan.SetRow(1, [0, 3], [0.5f, -0.5f]);
            plan.SetRow(2, [2], [0]);
            plan.Experts.AsSpan<int>()[4..].Fill(-77);
        };
        Assert.All(toy.Run(toy.Engine.Open(), Phase.Prefill, 1, 2, 3), logit => Assert.True(float.IsFinite(logit)));
    }

    [Fact]
    public void A_row_without_an_expert_is_a_plan_where_a_shared_expert_serves_it()
    {
        using ToyPipeline toy = new(new ToySettings { SharedExpert = true });
        toy.Router.Spoil = plan => plan.Offsets.AsSpan<int>().Clear();
        Assert.All(toy.Run(toy.Engine.Open(), Phase.Prefill, 1, 2, 3), logit => Assert.True(float.IsFinite(logit)));
    }

    [Fact]
    public void The_plan_has_room_for_the_routers_own_maximum_in_each_row()
    {
        using ToyPipeline toy = new(new ToySettings());
        List<int> rooms = [];
        toy.Router.Spoil = plan => rooms.Add(plan.Experts.Shape[0]);
        toy.Run(toy.Engine.Open(), Phase.Prefill, 1, 2, 3);
        Assert.Equal([6, 6], rooms); // layers 0 and 2 have experts
    }

    private sealed class NotFiniteAttention(IMemoryDomain host) : IAttention
    {
        public IMemoryDomain Domain => host;

        public void Project(int layer, in Step step, in TensorView input, in Heads heads)
        {
        }

        public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
        {
        }

        public void Finish(int layer, in Step step, in AttentionState state, in TensorView output) => output.AsSpan<float>()[1] = float.NaN;

        public void Dispose()
        {
        }
    }
}
