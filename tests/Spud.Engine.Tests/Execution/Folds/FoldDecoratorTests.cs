using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Folds;

/// <summary>Pipelines whose attention's fold is decorated by the reference plugin's: keys are split over two or more pools, folded apart and merged.</summary>
public sealed class FoldDecoratorTests
{
    private const string Two = """attention={"use":"reference","fold":[{"use":"split","blockTokens":3}]}""";

    [Theory]
    [InlineData("llama", 2)]
    [InlineData("llama", 5)]
    [InlineData("gemma3", 3)]
    [InlineData("gpt-oss", 2)]
    public void A_decorated_pipeline_computes_what_the_plain_one_does(string family, int shards)
    {
        float[] plain = Logits(family, "attention.use=reference"), split = Logits(family, $$"""attention={"use":"reference","fold":[{"use":"split","shards":{{shards}},"blockTokens":3}]}""");
        AssertNear(plain, split);
    }

    /// <summary>The decorator asked for several folds, and the built-in attention had one: decorators worked over the reference attention alone.</summary>
    [Theory]
    [InlineData("llama", 2)]
    [InlineData("gemma3", 3)]
    [InlineData("gpt-oss", 5)]
    public void A_decorator_works_over_the_built_in_attention(string family, int shards) => AssertNear(
        Logits(family, "attention.use=backend.cpu/cpu", "attention.activations=f32"),
        Logits(family, $$"""attention={"use":"backend.cpu/cpu","activations":"f32","fold":[{"use":"split","shards":{{shards}},"blockTokens":3}]}"""));

    [Fact]
    public void A_decorator_works_in_a_devices_memory_too() =>
        AssertNear(Logits("llama", "attention.use=reference"), Logits("llama", """attention={"use":"reference","device":"pretend","fold":[{"use":"split"}]}"""));

    [Fact]
    public void Decorators_are_built_around_each_other_and_the_outermost_alone_shards()
    {
        AssertNear(Logits("llama", "attention.use=reference"), Logits("llama", """attention={"use":"reference","fold":[{"use":"split","shards":3},{"use":"split","shards":1}]}"""));
        string refused = Assert.Throws<CompositionException>(() => Compose("llama", """attention={"use":"reference","fold":[{"use":"split"},{"use":"split"}]}""")).Message;
        Assert.Equal("fold 'reference/split' of attention 'reference/reference': fold 'reference/split' inside it distributes keys over shards, which the outermost decorator alone may do; name that one first", refused);
    }

    [Fact]
    public void Every_key_lies_in_the_shard_of_its_position_and_truncation_and_forks_keep_that()
    {
        using Pipeline pipeline = Compose("llama", Two);
        using Sequence sequence = pipeline.Engine.Open();
        Run(pipeline, sequence, [1, 5, 9, 13, 2, 7, 11], Phase.Prefill);
        AssertShards(pipeline, sequence);
        using Sequence fork = sequence.Fork();
        sequence.Truncate(4);
        Run(pipeline, sequence, [3, 3, 3], Phase.Prefill);
        AssertShards(pipeline, sequence);
        AssertShards(pipeline, fork);
        fork.Dispose();
        sequence.Dispose();
        Assert.All(pipeline.Parts.Pages.Layers.SelectMany(layer => layer.Pools), pool => Assert.Equal(pool.Pool.Keys.Shape[0], pool.FreePages));
    }

    /// <summary>Keys could be sharded in a layer of one pool alone, and not by head.</summary>
    [Theory]
    [InlineData("cache.perHead=true")]
    [InlineData("cache.use=streaming", "cache.older=F32", "cache.recent=4", "cache.sinks=1")]
    [InlineData("cache.use=streaming", "cache.older=F16", "cache.recent=4", "cache.sinks=1", "cache.streamingHeads=2")]
    public void Pools_by_head_and_several_of_them_are_sharded_too(params string[] cache)
    {
        (string kept, float[] logits) = Decoded("attention.use=reference", cache);
        foreach (string edit in new[] { Two, """attention={"use":"reference","fold":[{"use":"split","shards":3,"blockTokens":1}]}""" })
        {
            (string keptInShards, float[] logitsOfShards) = Decoded(edit, cache);
            Assert.Equal(kept, keptInShards);
            AssertNear(logits, logitsOfShards);
        }
    }

    /// <summary>A policy that is asked shard by shard kept its budget in each of them, more than its layout promises: the text ended.</summary>
    [Fact]
    public void A_budget_is_that_of_all_shards_together()
    {
        using Pipeline pipeline = Compose("llama", Two, """cache={"use":"compressed","format":"f32","budgetTokens":20,"sinks":2,"window":2,"protect":2,"pageTokens":16,"reviewTokens":16}""");
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        for (int token = 0; token < 60; token++)
            pipeline.Engine.Step(batch, sequence, [token % 50], Phase.Prefill, LogitRows.Last);

        // At 48 tokens the last review: 20 keys of each head on average, and those since.
        int heads = pipeline.Model.Layers[0].Kv.Heads;
        Assert.InRange(sequence.KeptKeys(0).Sum(static keys => keys.Positions.Length), heads * 12, heads * (20 + 12));
    }

    /// <summary>Twenty tokens and a fork that goes on: what each head keeps in each pool, and the logits.</summary>
    private static (string Kept, float[] Logits) Decoded(string edit, string[] cache)
    {
        using Pipeline pipeline = Compose("llama", edit, cache);
        using Sequence parent = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        List<float> logits = [];
        Decode(parent, 3, 13);
        Sequence child = parent.Fork();
        Decode(parent, 50, 9);
        Decode(child, 70, 7);
        parent.Truncate(21); // behind its last review
        LayerPages pages = pipeline.Parts.Pages.Layers[0];
        // In whatever pool: runs end where shards do, and the policy moves whole runs.
        string kept = string.Join('\n', new[] { parent, child }.SelectMany(sequence => Enumerable.Range(0, pages.First.Tables).Select(head =>
            $"head {head}: {string.Join(' ', Enumerable.Range(0, pages.Pools.Length).SelectMany(pool => PositionsIn(pages, sequence, pool, head)).Order())}")));
        child.Dispose();
        parent.Dispose();
        Assert.All(pages.Pools, pool => Assert.Equal(pool.Pool.Keys.Shape[0], pool.FreePages));
        return (kept, [.. logits]);

        void Decode(Sequence sequence, int from, int count)
        {
            for (int token = from; token < from + count; token++)
            {
                pipeline.Engine.Step(batch, sequence, [token], Phase.Decode, LogitRows.Last);
                logits.AddRange(batch.Logits(0));
            }
        }
    }

    private static IEnumerable<int> PositionsIn(LayerPages pages, Sequence sequence, int pool, int head)
    {
        List<int> positions = [];
        foreach (KeyRun run in sequence.Tables[0].TableOf(pool, head).Runs)
            positions.AddRange(pages.Pools[pool].PositionsOf(run));

        return positions;
    }

    [Fact]
    public void The_ledger_of_a_decorated_pipeline_counts_what_the_plain_one_counts()
    {
        (long Flops, int Kept) plain = Counted("attention.use=reference"), split = Counted(Two);
        Assert.Equal(plain, split);
    }

    [Fact]
    public void Explain_shows_the_decorator_and_its_workspace_adds_to_the_attentions()
    {
        using Pipeline plain = Compose("llama", "attention.use=reference"), split = Compose("llama", Two);
        PipelineExplanation explanation = PipelineExplanation.Of(split);
        Assert.Contains(explanation.Steps[0].Groups.SelectMany(group => group.Operations), operation => operation.Name == "fold reference/split");
        Assert.True(Workspace(split) > Workspace(plain));

        static long Workspace(Pipeline pipeline) => pipeline.Parts.Components.Single(component => component.Role == Roles.Attention).WorkspaceBytes;
    }

    [Fact]
    public void A_decorated_step_allocates_nothing()
    {
        using Pipeline pipeline = Compose("llama", Two);
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        Assert.Equal(0, DecodeSteps.AllocatedBy(pipeline, sequence, batch));
    }

    [Theory]
    [InlineData("""attention={"use":"reference","fold":[{"use":"splt"}]}""", "no plugin offers fold 'splt'", "Did you mean 'split'?")]
    [InlineData("""attention={"use":"reference","fold":[{"use":"split","shard":3}]}""", "$.attention.fold[0].shard", "Did you mean 'shards'?")]
    [InlineData("""attention={"use":"reference","fold":[{"use":"split","shards":0}]}""", "$.attention.fold[0].shards", "1")]
    [InlineData("""attention={"use":"reference","fold":[]}""", "$.attention.fold must be an array of objects with 'use'", "outermost first")]
    [InlineData("""attention={"use":"reference","fold":[{"shards":2}]}""", "$.attention.fold[0] must be an object with 'use'", "")]
    [InlineData("""attention={"use":"reference","fold":[{"use":"split","layers":"0"}]}""", "$.attention.fold[0].layers", "serves the layers of its attention")]
    [InlineData("""experts={"use":"reference","fold":[{"use":"split"}]}""", "$.experts.fold", "only attention has folds")]
    public void What_is_wrong_with_a_decorator_is_said_where_it_was_written(string edit, string where, string hint)
    {
        ConfigurationException fault = Assert.Throws<ConfigurationException>(() => Compose("llama", edit));
        Assert.Contains(where, fault.Message);
        Assert.Contains(hint, fault.Message);
    }

    [Theory]
    [InlineData("""attention={"use":"counted","fold":[{"use":"split"}]}""", "attention 'wrapper/counted' has one fold, in host memory and on all threads", "cache.use=reference")]
    public void What_does_not_go_together_is_refused_before_the_first_token(string edit, string why, string more) =>
        Assert.Contains(why, Assert.Throws<CompositionException>(() => Compose("llama", edit, more)).Message);

    private static void AssertShards(Pipeline pipeline, Sequence sequence)
    {
        for (int layer = 0; layer < pipeline.Model.Layers.Length; layer++)
        {
            LayerPages pages = pipeline.Parts.Pages.Layers[layer];
            List<int> all = [];
            for (int shard = 0; shard < pages.Pools.Length; shard++)
            {
                foreach (KeyRun run in sequence.Tables[layer].TableOf(shard, 0).Runs)
                {
                    int[] positions = pages.Pools[shard].PositionsOf(run).ToArray();
                    Assert.All(positions, position => Assert.Equal(shard, pages.Shards!.ShardOf(position)));
                    all.AddRange(positions);
                }
            }

            Assert.Equal(Enumerable.Range(0, sequence.Tokens), all.Order());
        }
    }

    private static (long Flops, int Kept) Counted(string edit)
    {
        using Pipeline pipeline = Compose("llama", edit);
        using Sequence sequence = pipeline.Engine.Open();
        Run(pipeline, sequence, [1, 5, 9, 13, 2, 7, 11], Phase.Prefill);
        Run(pipeline, sequence, [4], Phase.Decode);
        Ledger ledger = sequence.Ledger;
        return (ledger.Flops, ledger.KeptTokens(0));
    }

    private static void Run(Pipeline pipeline, Sequence sequence, int[] tokens, Phase phase)
    {
        using Batch batch = pipeline.Engine.NewBatch();
        batch.Add(sequence, tokens, phase, LogitRows.Last);
        pipeline.Engine.Run(batch);
    }

    private static float[] Logits(string family, string edit, params string[] more)
    {
        using Pipeline pipeline = Compose(family, edit, more);
        using Sequence one = pipeline.Engine.Open(), two = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        batch.Add(one, [1, 5, 9, 13, 2], Phase.Prefill, LogitRows.All);
        batch.Add(two, [3, 4], Phase.Prefill, LogitRows.Last);
        pipeline.Engine.Run(batch);
        List<float> logits = [.. batch.Logits(0, 0), .. batch.Logits(0, 4), .. batch.Logits(1)];
        using Sequence fork = one.Fork();
        for (int token = 0; token < 6; token++)
        {
            foreach (Sequence sequence in new[] { one, fork, two })
            {
                batch.Clear();
                batch.Add(sequence, [7 + token], Phase.Decode, LogitRows.Last);
                pipeline.Engine.Run(batch);
                logits.AddRange(batch.Logits(0));
            }
        }

        return [.. logits];
    }

    private static void AssertNear(float[] expected, float[] got)
    {
        float range = expected.Max() - expected.Min();
        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - got[i]) <= 1e-5f * range, $"logit {i}: {got[i]}, expected {expected[i]}");
    }

    private static Pipeline Compose(string family, string edit, params string[] more)
    {
        PluginCatalog plugins = PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Built("Wrapper"), TestData.Plugins]);
        return Pipeline.Compose(
            PipelineDocument.Load(null, [$"model={TestData.Path($"families/{family}.gguf")}", "head.use=reference", "router.use=reference", "experts.use=reference", "cache.use=reference", "cache.pageTokens=4", edit, .. more]),
            plugins,
            new PipelineOptions { Threads = 2, Rows = 8, LogitRows = 8, Sequences = 3 });
    }
}
