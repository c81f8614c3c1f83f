using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Models;
using Spud.Tests.Calibration;
using Spud.Tests.Composition.Explanation;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Metering;

/// <summary>What the engine counted, against what a pencil counts from a family's config alone.</summary>
public sealed class LedgerTests
{
    private const int Chunk = 16;

    public static TheoryData<string> Families => [.. ConfigNumbers.All.Select(family => family.Name)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_sequence_of_shared_steps_is_billed_what_its_config_says(string family)
    {
        ConfigNumbers config = ConfigNumbers.Of(family);
        using CpuPipeline pipeline = Small(family);
        (int Prompt, int Decoded)[] requests = [(50, 4), (7, 9), (33, 0)];
        Sequence[] sequences = [.. requests.Select(_ => pipeline.Engine.Open())];
        Run(pipeline, sequences, requests);
        for (int i = 0; i < requests.Length; i++)
        {
            Check(config, sequences[i].Ledger[Phase.Prefill], 0, requests[i].Prompt, Chunk, logits: 1);
            Check(config, sequences[i].Ledger[Phase.Decode], requests[i].Prompt, requests[i].Decoded, 1, logits: requests[i].Decoded);
            Assert.Equal(sequences[i].Ledger.Total.Flops, sequences[i].Ledger.Flops);
            Assert.Equal(sequences[i].Ledger.Flops / 1e9m, sequences[i].Ledger.ComputeUnits);
        }
    }

    [Fact]
    public void Experts_that_a_request_touched_are_counted_once_however_many_steps_used_them()
    {
        using LanguageModel model = LanguageModel.Load(PipelineDocument.Load(null, [$"model={TestData.Path("families/qwen3moe.gguf")}"]), CpuPipeline.Plugins, new() { Threads = 2, Sequences = 2 });
        using Batch batch = model.Engine.NewBatch();
        using Sequence sequence = model.Engine.Open(), other = model.Engine.Open();
        Assert.Equal(0, sequence.Ledger.ExpertBytesTouched);
        for (int token = 0; token < 12; token++)
        {
            batch.Clear();
            batch.Add(sequence, [40], Phase.Decode, LogitRows.None);
            batch.Add(other, [token + 50, token + 90], Phase.Prefill, LogitRows.None);
            model.Engine.Run(batch);
        }

        int layers = model.Pipeline.Model.Layers.Length, used = model.Pipeline.Model.Layers[0].ExpertsUsed;
        Assert.All(Enumerable.Range(0, layers), layer => Assert.InRange(sequence.Ledger.ExpertsTouched(layer), used, other.Ledger.ExpertsTouched(layer)));
        Assert.True(Enumerable.Range(0, layers).Sum(other.Ledger.ExpertsTouched) > layers * used, "no row used another expert: the test says little");
        long expert = 3L * model.Pipeline.Model.Layers[0].ExpertWidth * model.Pipeline.Model.HiddenWidth * sizeof(float);
        Assert.Equal(Enumerable.Range(0, layers).Sum(layer => sequence.Ledger.ExpertsTouched(layer) * expert), sequence.Ledger.ExpertBytesTouched);
        Assert.Equal(sequence.Ledger.ExpertBytesTouched / 1e9m, Receipt.Of(sequence.Ledger, null).ExpertGigabytesTouched);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void What_a_step_reads_is_shared_by_its_sequences_to_the_last_byte(string family)
    {
        ConfigNumbers config = ConfigNumbers.Of(family);
        using CpuPipeline pipeline = Small(family);
        using Sequence a = pipeline.Engine.Open(), b = pipeline.Engine.Open(), c = pipeline.Engine.Open();
        pipeline.Batch.Clear();
        pipeline.Batch.Add(a, [1, 2, 3, 4, 5, 6, 7], Phase.Prefill, LogitRows.Last);
        pipeline.Batch.Add(b, [9], Phase.Decode, LogitRows.Last);
        pipeline.Batch.Add(c, [9, 8, 7], Phase.Prefill, LogitRows.None);
        pipeline.Engine.Run(pipeline.Batch);
        Tally[] tallies = [a.Ledger.Total, b.Ledger.Total, c.Ledger.Total];
        (long once, long expert, long lookup) = Bytes(pipeline.Pipeline.File, config);
        long experts = tallies.Sum(tally => tally.WeightBytesRead) - once - 11 * lookup;
        Assert.Equal(0, experts % expert);
        Assert.InRange(experts / expert, config.L * config.K, config.L * Math.Min(config.E, 11 * config.K));
        Assert.All(tallies, tally => Assert.InRange(tally.WeightBytesRead, 1, once + experts));
        Assert.Equal(0, c.Ledger[Phase.Prefill].Of(Roles.Head).Flops);
        Assert.InRange(c.Ledger[Phase.Prefill].Of(Roles.Head).WeightBytesRead, 3 * lookup, 3 * lookup + 64 * sizeof(float));
    }

    [Theory]
    [InlineData("gemma3")]
    [InlineData("gpt-oss")]
    public void Layers_with_a_window_keep_fewer_tokens_and_the_ledger_knows(string family)
    {
        ConfigNumbers config = ConfigNumbers.Of(family);
        using CpuPipeline pipeline = Small(family);
        using Sequence sequence = pipeline.Engine.Open();
        Run(pipeline, [sequence], [(100, 5)]);
        Ledger ledger = sequence.Ledger;
        for (int layer = 0; layer < config.L; layer++)
        {
            if (config.Windowed!.Contains(layer))
                Assert.InRange(ledger.KeptTokens(layer), config.Window - 1, config.Window + 2 * 16 + Chunk);
            else
                Assert.Equal(105, ledger.KeptTokens(layer));
        }

        Assert.Equal(Enumerable.Range(0, config.L).Sum(layer => ledger.KeptTokens(layer) * config.KvBytes), ledger.KeptBytes);
        Assert.InRange(ledger.KvGigabyteSeconds, 1e-12m, 1m);
    }

    [Fact]
    public void A_forked_sequence_and_a_new_request_begin_with_an_empty_ledger()
    {
        using CpuPipeline pipeline = Small("llama");
        using Sequence parent = pipeline.Engine.Open();
        Run(pipeline, [parent], [(8, 1)]);
        Ledger first = parent.Ledger;
        using Sequence child = parent.Fork();
        Assert.Equal((0, 9), (child.Ledger.Flops, child.Ledger.KeptTokens(0)));
        Run(pipeline, [child], [(0, 1)]);
        Assert.Equal(ConfigNumbers.Of("llama").Attention(9), child.Ledger[Phase.Decode].Of(Roles.Attention).Flops);
        long before = first.Flops;
        Ledger second = parent.StartLedger();
        Run(pipeline, [parent], [(0, 1)]);
        Assert.Equal((before, child.Ledger.Flops), (first.Flops, second.Flops));
    }

    [Fact]
    public void Time_is_shared_by_rows_and_wall_time_counts_for_each()
    {
        using CpuPipeline pipeline = Small("llama");
        using Sequence a = pipeline.Engine.Open(), b = pipeline.Engine.Open();
        Run(pipeline, [a, b], [(8, 3), (8, 3)]);
        Assert.Equal(a.Ledger[Phase.Decode].WallTime, b.Ledger[Phase.Decode].WallTime);
        TimeSpan shares = a.Ledger[Phase.Decode].Total.Time + b.Ledger[Phase.Decode].Total.Time;
        Assert.InRange((a.Ledger[Phase.Decode].WallTime - shares).TotalMicroseconds, -1, 1);
        Assert.All(new[] { Roles.Head, Roles.Attention, Roles.Experts }, role => Assert.True(a.Ledger[Phase.Decode].Of(role).Time > TimeSpan.Zero));
    }

    [Fact]
    public void Roles_and_layers_that_are_not_there_are_refused()
    {
        using CpuPipeline pipeline = Small("llama");
        using Sequence sequence = pipeline.Engine.Open();
        Assert.Contains("Known: head, attention", Assert.Throws<ArgumentException>(() => sequence.Ledger[Phase.Decode].Of("hed")).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Ledger[Phase.Decode].Of(Roles.Attention, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Ledger[Phase.Decode].Of(Roles.Attention, -1));
    }

    /// <summary>A router behind a probe was left off the bill.</summary>
    [Fact]
    public void A_probe_around_the_router_leaves_the_bill_as_it_is()
    {
        string model = TestData.Path("families/qwen3moe.gguf");
        Assert.Equal(RouterFlops(new() { Threads = 1 }), RouterFlops(new() { Threads = 1, RoutingProbe = (router, _) => new CountingRouter(router) }));

        long RouterFlops(PipelineOptions options)
        {
            using CpuPipeline pipeline = new(model, options);
            using Sequence sequence = pipeline.Engine.Open();
            pipeline.LastLogits(sequence, [1, 2, 3]);
            long flops = sequence.Ledger[Phase.Prefill].Of(Roles.Router).Flops;
            Assert.True(flops > 0);
            return flops;
        }
    }

    private static CpuPipeline Small(string family) =>
        new(TestData.Path($"families/{family}.gguf"), new PipelineOptions { Threads = 1, Rows = 64, Sequences = 4, LogitRows = 8 }, cache: "f16", edits: "cache.pageTokens=16");

    /// <summary>Prompts in chunks and decoded rows, as many of them in one step as have something left.</summary>
    private static void Run(CpuPipeline pipeline, Sequence[] sequences, (int Prompt, int Decoded)[] requests)
    {
        int[] first = [.. sequences.Select(sequence => sequence.Tokens)];
        while (true)
        {
            pipeline.Batch.Clear();
            for (int i = 0; i < sequences.Length; i++)
            {
                int done = sequences[i].Tokens - first[i], left = requests[i].Prompt - done;
                if (left > 0)
                    pipeline.Batch.Add(sequences[i], Ids(Math.Min(left, Chunk), done), Phase.Prefill, left <= Chunk ? LogitRows.Last : LogitRows.None);
                else if (-left < requests[i].Decoded)
                    pipeline.Batch.Add(sequences[i], Ids(1, done), Phase.Decode, LogitRows.Last);
            }

            if (pipeline.Batch.Sequences == 0)
                return;

            pipeline.Engine.Run(pipeline.Batch);
        }
    }

    private static int[] Ids(int count, int seed) => [.. Enumerable.Range(seed, count).Select(i => i * 37 % 512)];

    private static void Check(ConfigNumbers config, PhaseLedger phase, int first, int tokens, int chunk, int logits)
    {
        IEnumerable<int> depths = Enumerable.Range(first, tokens);
        Assert.Equal((tokens, (tokens + chunk - 1) / chunk, logits), (phase.Tokens, phase.Steps, phase.LogitRows));
        Assert.Equal(logits * config.Head, phase.Of(Roles.Head).Flops);
        Assert.Equal(depths.Sum(config.Attention), phase.Of(Roles.Attention).Flops);
        Assert.Equal(tokens * config.Router, phase.Of(Roles.Router).Flops);
        Assert.Equal(tokens * config.Experts, phase.Of(Roles.Experts).Flops);
        Assert.Equal(0, phase.Of(Roles.Cache).Flops);
        Assert.Equal(tokens * config.L * config.KvBytes, phase.Of(Roles.Cache).KvBytesWritten);
        Assert.Equal(Enumerable.Range(0, (tokens + chunk - 1) / chunk).Sum(step => KeysRead(config, first + step * chunk, Math.Min(chunk, tokens - step * chunk))) * config.KvBytes, phase.Of(Roles.Attention).KvBytesRead);
        for (int layer = 0; layer < config.L; layer++)
        {
            Assert.Equal(tokens * config.K, phase.Of(Roles.Experts, layer).PlanEntries);
            Assert.Equal(tokens == 0 ? 0 : config.K, phase.ExpertsPerToken(layer));
        }
    }

    /// <summary>Over all layers: the keys that a chunk's rows see together.</summary>
    private static long KeysRead(ConfigNumbers config, int first, int rows)
    {
        int windowed = config.Windowed?.Length ?? 0, all = first + rows;
        return windowed * (long)Math.Min(all, config.Window + rows - 1) + (config.L - windowed) * (long)all;
    }

    /// <summary>From the file alone: what every step reads once, what one expert of one layer has, and a token's row of the embedding.</summary>
    private static (long Once, long Expert, long Lookup) Bytes(GgufFile file, ConfigNumbers config)
    {
        // A router reads the experts' norm too.
        long once = config.E > 1 ? config.L * 64 * sizeof(float) : 0, expert = 0, lookup = 0;
        foreach (GgufTensor tensor in file.Tensors.Where(tensor => tensor.Name != "rope_freqs.weight"))
        {
            bool embedding = tensor.Name == "token_embd.weight";
            bool mixed = tensor.Name.Contains("_exps.") || (config.E == 1 && tensor.Name.Contains(".ffn_") && !tensor.Name.Contains("norm"));
            lookup += embedding ? tensor.Bytes / tensor.Shape[0] : 0;
            expert += mixed ? tensor.Bytes / config.E : 0;
            once += mixed || (embedding && !config.Tied) ? 0 : tensor.Bytes;
        }

        return (once, expert / config.L, lookup);
    }
}
