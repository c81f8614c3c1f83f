using Spud.Configuration;
using Spud.Execution;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution;

public sealed class EngineFaultTests
{
    private static readonly int[][] s_prompts = [[1, 2, 3, 4, 5], [6], [7, 8, 9]];

    public static TheoryData<string, int, string> Places => new()
    {
        { "Embed", -1, Roles.Head },
        { "Project", 0, Roles.Attention },
        { "Fold", 1, Roles.Attention },
        { "Finish", 2, Roles.Attention },
        { "Route", 2, Roles.Router },
        { "Execute", 0, Roles.Experts },
        { "Execute", 1, Roles.Experts },
        { "Logits", -1, Roles.Head },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void A_component_that_throws_ends_the_sequence_that_it_fails_on_and_no_other(string verb, int layer, string role)
    {
        using ToyPipeline calm = new(new ToySettings()), broken = new(new ToySettings());
        (Sequence[] quiet, Batch expected) = Start(calm);
        (Sequence[] hit, Batch got) = Start(broken);
        calm.Engine.Run(expected);
        broken.Faults.Throw(verb, layer, hit[1].Id);
        broken.Engine.Run(got);

        ComponentException fault = Assert.IsType<ComponentException>(hit[1].Fault);
        Assert.Equal((role, $"toy/{role}", layer < 0 ? null : layer), (fault.Role, fault.Component, fault.Layer));
        Assert.IsType<ToyException>(fault.InnerException);
        Assert.Contains($"no {verb} today", fault.Message);
        AssertOthersEqual(calm, broken, quiet, hit, expected, got);
        AssertEndedAndForgotten(broken, hit[1]);
    }

    [Fact]
    public void A_cache_that_throws_at_the_commit_ends_that_sequence_alone()
    {
        using ToyPipeline calm = new(new ToySettings()), broken = new(new ToySettings());
        (Sequence[] quiet, Batch expected) = Start(calm);
        (Sequence[] hit, Batch got) = Start(broken);
        calm.Engine.Run(expected);
        broken.Cache.OnReview = (layer, history) =>
        {
            if (layer == 1 && history == hit[0].Tables[1].Reviews.History)
                throw new ToyException("no Review today");
        };
        broken.Engine.Run(got);

        ComponentException fault = Assert.IsType<ComponentException>(hit[0].Fault);
        Assert.Equal((Roles.Cache, "toy/cache", 1), (fault.Role, fault.Component, fault.Layer));
        Assert.Contains("no Review today", fault.Message);
        for (int i = 1; i < hit.Length; i++)
            Assert.Equal(quiet[i].Tokens, hit[i].Tokens);

        AssertEndedAndForgotten(broken, hit[0]);
        AssertOthersEqual(calm, broken, quiet, hit, expected, got);
    }

    [Fact]
    public void A_cache_that_throws_is_reported_to_a_caller_with_one_sequence()
    {
        using ToyPipeline toy = new(new ToySettings());
        Sequence sequence = toy.Engine.Open();
        toy.Cache.OnReview = (_, _) => throw new ToyException("no Review today");
        ComponentException fault = Assert.Throws<ComponentException>(() => toy.Run(sequence, Phase.Prefill, 1, 2, 3, 4));
        Assert.Same(fault, sequence.Fault);
        Assert.Equal(0, fault.Layer);
        AssertEndedAndForgotten(toy, sequence);
    }

    [Fact]
    public void A_cache_that_throws_when_sequences_run_one_by_one_is_not_forgotten()
    {
        using ToyPipeline toy = new(new ToySettings());
        (Sequence[] sequences, Batch batch) = Start(toy);
        toy.Faults.Throw("Execute", 1, sequences[1].Id);
        toy.Cache.OnReview = (layer, history) =>
        {
            if (history == sequences[0].Tables[layer].Reviews.History)
                throw new ToyException("no Review today");
        };
        toy.Engine.Run(batch);
        Assert.Equal(Roles.Cache, Assert.IsType<ComponentException>(sequences[0].Fault).Role);
        Assert.Equal(Roles.Experts, Assert.IsType<ComponentException>(sequences[1].Fault).Role);
        Assert.Null(sequences[2].Fault);
    }

    [Fact]
    public void A_cache_that_keeps_more_than_it_promised_is_named()
    {
        using ToyPipeline toy = new(new ToySettings { TokensAtMost = 8, PageTokens = 4 });
        Sequence sequence = toy.Engine.Open();
        toy.Run(sequence, Phase.Prefill, 1, 2, 3, 4, 5, 6, 7, 8);
        ComponentException fault = Assert.Throws<ComponentException>(() => toy.Run(sequence, Phase.Prefill, 1, 2, 3, 4));
        Assert.Equal("cache 'toy/cache' failed in layer 0: 12 tokens are kept after a review; the layout allows at most 8", fault.Message);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_sequence_alone_gets_the_exception_and_the_pipeline_works_afterwards(string verb, int layer, string role)
    {
        using ToyPipeline toy = new(new ToySettings());
        Sequence past = toy.Engine.Open();
        toy.Run(past, Phase.Prefill, 3, 1, 4, 1, 5);
        using Sequence twin = past.Fork();
        toy.Faults.Throw(verb, layer, past.Id);
        ComponentException fault = Assert.Throws<ComponentException>(() => toy.Run(past, Phase.Decode, 9));
        Assert.Equal(role, fault.Role);
        Assert.Same(fault, past.Fault);
        Assert.Equal(5, past.Tokens);
        AssertEndedAndForgotten(toy, past);

        toy.Faults.OnCall = null;
        using ToyPipeline fresh = new(new ToySettings());
        Assert.Equal(fresh.Run(fresh.Engine.Open(), Phase.Prefill, 3, 1, 4, 1, 5, 9), toy.Run(twin, Phase.Decode, 9));
    }

    [Fact]
    public void A_fault_that_comes_only_in_company_ends_nobody()
    {
        using ToyPipeline calm = new(new ToySettings()), broken = new(new ToySettings());
        (Sequence[] quiet, Batch expected) = Start(calm);
        (Sequence[] hit, Batch got) = Start(broken);
        calm.Engine.Run(expected);
        broken.Faults.OnCall = (verb, layer, ids) =>
        {
            if (verb == "Finish" && layer == 2 && ids.Length > 1)
                throw new ToyException("too many");
        };
        broken.Engine.Run(got);
        Assert.All(hit, sequence => Assert.Null(sequence.Fault));
        AssertOthersEqual(calm, broken, quiet, hit, expected, got);
    }

    [Fact]
    public void All_logits_of_a_sequence_that_was_run_alone_arrive()
    {
        using ToyPipeline calm = new(new ToySettings()), broken = new(new ToySettings());
        float[][] logits = [.. new[] { calm, broken }.Select(toy =>
        {
            Sequence a = toy.Engine.Open(), b = toy.Engine.Open();
            if (toy == broken)
                toy.Faults.Throw("Route", 0, b.Id);

            Batch batch = toy.Engine.NewBatch();
            batch.Add(b, [1, 2], Phase.Prefill, LogitRows.All);
            batch.Add(a, [5, 6, 7], Phase.Prefill, LogitRows.All);
            toy.Engine.Run(batch);
            return Enumerable.Range(0, 3).SelectMany(row => batch.Logits(1, row).ToArray()).ToArray();
        })];
        Assert.Equal(logits[0], logits[1]);
    }

    // Each has a past, so that what a failed step wrote is next to what was kept.
    private static (Sequence[] Sequences, Batch Batch) Start(ToyPipeline toy)
    {
        Sequence[] sequences = [.. s_prompts.Select(_ => toy.Engine.Open())];
        Batch batch = toy.Engine.NewBatch();
        for (int i = 0; i < sequences.Length; i++)
        {
            toy.Run(sequences[i], Phase.Prefill, i + 1, 2, 3);
            batch.Add(sequences[i], s_prompts[i], Phase.Prefill, LogitRows.Last);
        }

        return (sequences, batch);
    }

    private static void AssertOthersEqual(ToyPipeline calm, ToyPipeline broken, Sequence[] quiet, Sequence[] hit, Batch expected, Batch got)
    {
        broken.Faults.OnCall = null;
        broken.Cache.OnReview = null;
        for (int i = 0; i < hit.Length; i++)
        {
            if (hit[i].Fault is not null)
                continue;

            Assert.Equal(expected.Logits(i).ToArray(), got.Logits(i).ToArray());
            Assert.Equal(quiet[i].Tokens, hit[i].Tokens);
            Assert.Equal(calm.Run(quiet[i], Phase.Decode, 10), broken.Run(hit[i], Phase.Decode, 10));
        }
    }

    private static void AssertEndedAndForgotten(ToyPipeline toy, Sequence ended)
    {
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => toy.Run(ended, Phase.Decode, 1));
        Assert.StartsWith($"sequence {ended.Id} has ended: ", refusal.Message);
        Assert.Throws<InvalidOperationException>(ended.Fork);
        Assert.All(ended.Tables, table => Assert.Equal(0, table.Tables[0].Runs.Length));
        ended.Dispose();
        using Sequence next = toy.Engine.Open();
        Assert.Equal(ended.Id, next.Id);
        Assert.Equal(0, next.Tokens);
    }
}
