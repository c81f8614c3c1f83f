using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Tests.Execution.EndToEnd;
using Spud.Tests.Execution.Folds;
using Xunit;

namespace Spud.Tests.Execution.Depth;

/// <summary>Rows that leave early: what they and the others compute, keep and cost.</summary>
public sealed class EarlyExitTests
{
    private static readonly int[] s_text = [.. Enumerable.Range(0, 40).Select(static i => i * 37 % 400 + 3)];

    /// <summary>Behind one token that passes, every row leaves: what is left is the model without the later layers.</summary>
    [Theory]
    [InlineData("llama", MissingKeys.Fill)]
    [InlineData("llama", MissingKeys.Hole)]
    [InlineData("qwen3", MissingKeys.Fill)]
    [InlineData("mixtral", MissingKeys.Fill)]
    [InlineData("mixtral", MissingKeys.Hole)]
    public void Rows_that_all_leave_are_those_of_the_model_without_later_layers(string family, MissingKeys missing)
    {
        using CpuPipeline left = Load(family, static position => position == 0 ? -1 : 0, missing), skipped = new(TestData.Path($"families/{family}.gguf"), Options, edits: ["""depth={"use":"skip","layers":"1-2"}"""]);
        using Sequence one = left.Engine.Open(), other = skipped.Engine.Open();
        left.LastLogits(one, s_text[..1]);
        skipped.LastLogits(other, s_text[..1]);
        foreach (int id in s_text[1..])
            Assert.Equal(skipped.LastLogits(other, [id], phase: Phase.Decode), left.LastLogits(one, [id], phase: Phase.Decode));
    }

    /// <summary>Rows of a text alone in their steps skip the rest of the model; several in one step are computed with the others and set back. Both give the same bits.</summary>
    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    [InlineData("mixtral")]
    [InlineData("qwen2moe")]
    public void Rows_of_a_step_are_those_of_steps_of_one_row(string family)
    {
        using CpuPipeline pipeline = Load(family, static position => position % 3 - 1, MissingKeys.Fill);
        using Sequence one = pipeline.Engine.Open(), several = pipeline.Engine.Open();
        pipeline.LastLogits(one, s_text[..5]);
        pipeline.LastLogits(several, s_text[..5]);
        List<float> expected = [], got = [];
        foreach (int id in s_text[5..])
            expected.AddRange(pipeline.LastLogits(one, [id], phase: Phase.Decode));

        for (int at = 5; at < s_text.Length; at += 7)
        {
            pipeline.Batch.Clear();
            pipeline.Batch.Add(several, s_text.AsSpan(at, 7), Phase.Decode, LogitRows.All);
            pipeline.Engine.Run(pipeline.Batch);
            for (int row = 0; row < 7; row++)
                got.AddRange(pipeline.Batch.Logits(0, row));
        }

        Assert.Equal(expected, got);
    }

    /// <summary>Texts of a step leave behind different layers, or read a prompt meanwhile; each computes, keeps and pays what it does alone.</summary>
    [Theory]
    [InlineData("llama", MissingKeys.Fill)]
    [InlineData("llama", MissingKeys.Hole)]
    [InlineData("mixtral", MissingKeys.Fill)]
    [InlineData("mixtral", MissingKeys.Hole)]
    public void Texts_of_a_step_do_not_disturb_one_another(string family, MissingKeys missing)
    {
        using CpuPipeline pipeline = Load(family, static position => position * 7 % 4 - 1, missing);
        (float[] Logits, long Flops, int[] Kept)[] alone = [.. Enumerable.Range(0, 4).Select(text => Lived(pipeline, text))];
        (float[] Logits, long Flops, int[] Kept)[] together = LiveTogether(pipeline);
        for (int text = 0; text < 4; text++)
        {
            Assert.Equal(alone[text].Logits, together[text].Logits);
            Assert.Equal(alone[text].Flops, together[text].Flops);
            Assert.Equal(alone[text].Kept, together[text].Kept);
        }
    }

    [Fact]
    public void Holes_are_positions_without_keys_in_later_layers()
    {
        using CpuPipeline pipeline = Load("llama", static position => position % 3 - 1, MissingKeys.Hole);
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, s_text[..6]);
        foreach (int id in s_text[6..])
            pipeline.LastLogits(sequence, [id], phase: Phase.Decode);

        int[] all = [.. Enumerable.Range(0, s_text.Length)];
        Assert.Equal(all, Assert.Single(sequence.KeptKeys(0)).Positions);
        Assert.Equal(all.Where(static position => position < 6 || position % 3 != 1), Assert.Single(sequence.KeptKeys(1)).Positions);
        Assert.Equal(all.Where(static position => position < 6 || position % 3 == 0), Assert.Single(sequence.KeptKeys(2)).Positions);

        // Going back and a fork keep the holes.
        sequence.Truncate(20);
        using Sequence fork = sequence.Fork();
        Assert.Equal(all.Take(20).Where(static position => position < 6 || position % 3 == 0), Assert.Single(fork.KeptKeys(2)).Positions);
        Assert.Equal(pipeline.LastLogits(sequence, [7], phase: Phase.Decode), pipeline.LastLogits(fork, [7], phase: Phase.Decode));
    }

    [Theory]
    [InlineData("llama", MissingKeys.Fill)]
    [InlineData("llama", MissingKeys.Hole)]
    [InlineData("mixtral", MissingKeys.Fill)]
    public void A_row_that_leaves_costs_what_it_passes_through(string family, MissingKeys missing)
    {
        RowCost leave = new(1_000, 10), finish = new(500_000, 7_000);
        ScriptedExits exits = new(static position => position == 9 ? 0 : -1, missing) { LeaveCost = leave, FinishCost = finish };
        using CpuPipeline pipeline = new(TestData.Path($"families/{family}.gguf"), Options with { DepthProbe = _ => exits }), skipped = new(TestData.Path($"families/{family}.gguf"), Options, edits: ["""depth={"use":"skip","layers":"1-2"}"""]);
        Tally got = DecodeOf(pipeline), expected = DecodeOf(skipped);
        ModelDescription model = pipeline.Pipeline.Model;
        long projected = missing == MissingKeys.Hole ? 0 : model.Layers.Skip(1).Sum(layer => 2L * model.HiddenWidth * (layer.QueryHeads * layer.Kv.KeyWidth + layer.Kv.Heads * (layer.Kv.KeyWidth + layer.Kv.ValueWidth)));
        Assert.Equal(expected.Flops + projected + leave.Flops + finish.Flops, got.Flops);
        Assert.Equal(expected.KvBytesRead, got.KvBytesRead);
        Assert.Equal(expected.KvBytesWritten * (missing == MissingKeys.Hole ? 1 : 3), got.KvBytesWritten);
        Assert.Equal(expected.PlanEntries, got.PlanEntries);
        Assert.InRange(got.WeightBytesRead, expected.WeightBytesRead + leave.WeightBytes + finish.WeightBytes, long.MaxValue);
    }

    [Fact]
    public void A_budget_is_a_hard_limit_and_steers_towards_leaving()
    {
        ScriptedExits exits = new(static _ => -1, MissingKeys.Fill) { LeaveCost = new(1_000, 0), FinishCost = new(2_000, 0) };
        using CpuPipeline pipeline = new(TestData.Path("families/llama.gguf"), Options with { DepthProbe = _ => exits }), plain = new(TestData.Path("families/llama.gguf"), Options);
        using Sequence sequence = pipeline.Engine.Open(), other = plain.Engine.Open();
        long whole = DecodeOf(plain).Flops, asked = DecodeOf(pipeline).Flops;
        pipeline.LastLogits(sequence, s_text[..9]);
        plain.LastLogits(other, s_text[..9]);
        Assert.Equal(whole + 2 * 1_000, asked);

        // Enough for a token that leaves, not for one that stays.
        sequence.StartLedger(Budget.OfCompute((asked + 1_999) / Tally.FlopsPerUnit));
        other.StartLedger(Budget.OfCompute(whole / Tally.FlopsPerUnit));
        Assert.Equal(1, plain.Engine.Guard.Effort(other, 1));
        Assert.InRange(pipeline.Engine.Guard.Effort(sequence, 1), 0.9f, MathF.BitDecrement(1));
        Assert.Equal(0, pipeline.Engine.Guard.Effort(sequence, 100));
        Assert.False(sequence.Affords(1, Phase.Decode, LogitRows.Last));
    }

    [Fact]
    public void Several_rows_of_a_text_are_not_decoded_where_there_are_holes()
    {
        using CpuPipeline pipeline = Load("llama", static _ => 0, MissingKeys.Hole);
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, s_text[..3]);
        pipeline.Batch.Clear();
        Assert.Contains("the maximum is 1", Assert.Throws<ArgumentException>(() => pipeline.Batch.Add(sequence, [4, 5], Phase.Decode, LogitRows.All)).Message, StringComparison.Ordinal);
        Assert.Equal(1, pipeline.Batch.Fill(sequence, [4, 5], Phase.Decode, LogitRows.All));
    }

    [Fact]
    public void A_policy_that_throws_ends_the_request_and_is_named()
    {
        ScriptedExits exits = new(static _ => 0, MissingKeys.Fill);
        using CpuPipeline pipeline = new(TestData.Path("families/llama.gguf"), Options with { DepthProbe = _ => exits });
        using Sequence sequence = pipeline.Engine.Open(), next = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, s_text[..3]);
        exits.Fault = new InvalidOperationException("broken");
        ComponentException thrown = Assert.Throws<ComponentException>(() => pipeline.LastLogits(sequence, [4], phase: Phase.Decode));
        Assert.Equal((Roles.Depth, 0), (thrown.Role, thrown.Layer));
        exits.Fault = null;
        pipeline.LastLogits(next, s_text[..3]);
        pipeline.LastLogits(next, [4], phase: Phase.Decode);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using CpuPipeline pipeline = Load("llama", static position => position % 3 - 1, MissingKeys.Fill);
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, s_text[..3]);
        Assert.Equal(0, DecodeSteps.AllocatedBy(pipeline.Pipeline, sequence, pipeline.Batch));
    }

    [Theory]
    [InlineData(MissingKeys.Fill)]
    [InlineData(MissingKeys.Hole)]
    public void Keys_are_saved_and_read_back(MissingKeys missing)
    {
        using TempFolder folder = new();
        using CpuPipeline pipeline = Load("llama", static position => position % 3 - 1, missing);
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, s_text[..6]);
        foreach (int id in s_text[6..])
            pipeline.LastLogits(sequence, [id], phase: Phase.Decode);

        string file = folder.File("keys");
        CacheFile.Save(sequence, file);
        using Sequence loaded = CacheFile.Load(pipeline.Engine, file);
        Assert.Equal(KeptBy(sequence), KeptBy(loaded));
        Assert.Equal(pipeline.LastLogits(sequence, [7], phase: Phase.Decode), pipeline.LastLogits(loaded, [7], phase: Phase.Decode));
    }

    private static PipelineOptions Options => new() { Threads = 2, Sequences = 8, Rows = 64, LogitRows = 16 };

    private static CpuPipeline Load(string family, Func<int, int> leavesAfter, MissingKeys missing) =>
        new(TestData.Path($"families/{family}.gguf"), Options with { DepthProbe = _ => new ScriptedExits(leavesAfter, missing) });

    private static Tally DecodeOf(CpuPipeline pipeline)
    {
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, s_text[..9]);
        pipeline.LastLogits(sequence, [4], phase: Phase.Decode);
        return sequence.Ledger[Phase.Decode].Total;
    }

    /// <summary>A text of its own length, decoded token by token.</summary>
    private static (float[] Logits, long Flops, int[] Kept) Lived(CpuPipeline pipeline, int text)
    {
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, s_text.AsSpan(text, 3 + text).ToArray());
        List<float> logits = [];
        for (int i = 0; i < 12; i++)
            logits.AddRange(pipeline.LastLogits(sequence, [s_text[i + text]], phase: Phase.Decode));

        return ([.. logits], sequence.Ledger.Flops, KeptBy(sequence));
    }

    private static (float[] Logits, long Flops, int[] Kept)[] LiveTogether(CpuPipeline pipeline)
    {
        Sequence[] texts = [.. Enumerable.Range(0, 4).Select(_ => pipeline.Engine.Open())];
        using Sequence reader = pipeline.Engine.Open();
        List<float>[] logits = [.. texts.Select(static _ => new List<float>())];
        for (int text = 0; text < 4; text++)
            pipeline.LastLogits(texts[text], s_text.AsSpan(text, 3 + text).ToArray());

        for (int i = 0; i < 12; i++)
        {
            pipeline.Batch.Clear();
            for (int text = 0; text < 4; text++)
            {
                pipeline.Batch.Add(texts[text], [s_text[i + text]], Phase.Decode, LogitRows.Last);
                if (text == 1)
                    pipeline.Batch.Add(reader, s_text.AsSpan(i, 3), Phase.Prefill, LogitRows.None);
            }

            pipeline.Engine.Run(pipeline.Batch);
            for (int text = 0; text < 4; text++)
                logits[text].AddRange(pipeline.Batch.Logits(text > 1 ? text + 1 : text));
        }

        var lived = texts.Select((sequence, text) => (logits[text].ToArray(), sequence.Ledger.Flops, KeptBy(sequence))).ToArray();
        foreach (Sequence sequence in texts)
            sequence.Dispose();

        return lived;
    }

    private static int[] KeptBy(Sequence sequence) => [.. Enumerable.Range(0, 3).SelectMany(layer => sequence.KeptKeys(layer)).SelectMany(static keys => keys.Positions)];
}
