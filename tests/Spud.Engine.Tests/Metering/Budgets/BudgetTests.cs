using Spud.Composition;
using Spud.Execution;
using Spud.Metering;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Metering.Budgets;

public sealed class BudgetTests
{
    private static readonly PencilCosts s_dense = new(1, 1);
    private static readonly PencilCosts s_mixture = new(4, 2);

    /// <summary>One unit of money for one CU, whatever the role.</summary>
    public static PriceList Prices { get; } = PriceList.Parse("""{ "name": "one for one", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 1 }], "decimals": 15 }""");

    [Fact]
    public void A_prompt_that_the_budget_does_not_cover_is_refused_before_any_work_with_cost_and_limit()
    {
        using CpuPipeline pipeline = Dense();
        using Sequence sequence = pipeline.Engine.Open();
        long prompt = s_dense.AtMost(0, 3, 1);
        Ledger ledger = sequence.StartLedger(PencilCosts.Limit(prompt - 1));
        Assert.False(sequence.Affords(3, Phase.Prefill, LogitRows.Last));
        BudgetExceededException refusal = Assert.Throws<BudgetExceededException>(() => Read(pipeline, sequence, 3));
        Assert.Equal((prompt / 1e9m, (prompt - 1) / 1e9m), (refusal.Cost, refusal.Left));
        Assert.Equal($"Reading a text of 3 tokens may cost {prompt / 1e9m:0.############} CU, and the budget is {(prompt - 1) / 1e9m:0.############} CU. Nothing of it was computed. Raise the budget (--budget) or shorten the text.", refusal.Message);
        Assert.Equal((0L, 0), (ledger.Flops, sequence.Tokens));
        sequence.StartLedger(PencilCosts.Limit(prompt));
        Read(pipeline, sequence, 3);
        Assert.Equal(prompt, sequence.Ledger.Flops);
    }

    [Fact]
    public void A_text_longer_than_a_step_is_known_whole_before_its_first_step()
    {
        using CpuPipeline pipeline = Dense(rows: 4);
        using Sequence sequence = pipeline.Engine.Open();
        long cost = s_dense.AtMost(0, 11, 1);
        sequence.StartLedger(PencilCosts.Limit(cost - 1));
        Assert.False(sequence.Affords(11, Phase.Prefill, LogitRows.Last));
        Assert.True(sequence.Affords(11, Phase.Prefill, LogitRows.None));
        sequence.StartLedger(PencilCosts.Limit(cost));
        Assert.True(sequence.Affords(11, Phase.Prefill, LogitRows.Last));
    }

    [Fact]
    public void Of_a_batch_with_one_who_cannot_pay_nothing_is_run_and_the_others_can_go_on_alone()
    {
        using CpuPipeline pipeline = Dense();
        using Sequence rich = pipeline.Engine.Open(), poor = pipeline.Engine.Open();
        poor.StartLedger(PencilCosts.Limit(1));
        pipeline.Batch.Clear();
        pipeline.Batch.Add(rich, [1, 2], Phase.Prefill, LogitRows.Last);
        pipeline.Batch.Add(poor, [1, 2], Phase.Prefill, LogitRows.Last);
        Assert.Throws<BudgetExceededException>(() => pipeline.Engine.Run(pipeline.Batch));
        Assert.Equal((0L, 0L), (rich.Ledger.Flops, poor.Ledger.Flops));
        Read(pipeline, rich, 2);
        Assert.Equal(s_dense.AtMost(0, 2, 1), rich.Ledger.Flops);
    }

    [Fact]
    public void Effort_is_what_is_left_for_a_token_between_the_fewest_and_the_most_experts()
    {
        using CpuPipeline pipeline = new(TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf"), new PipelineOptions { Threads = 1 });
        using Sequence sequence = pipeline.Engine.Open();
        long prompt = s_mixture.AtMost(0, 4, 1), most = s_mixture.AtMost(4, 1, 1), least = most - PencilCosts.L * PencilCosts.Expert;
        foreach ((long share, float expected) in new[] { (most, 1f), ((most + least) / 2, 0.5f), (least, 0f), (least - 5, 0f), (2 * most, 1f) })
        {
            sequence.Truncate(0);
            sequence.StartLedger(PencilCosts.Limit(prompt + 10 * share));
            Read(pipeline, sequence, 4);
            sequence.Steer(10, 1);
            Assert.Equal(expected, sequence.Effort, 1e-4);
            sequence.Steer(10, 0.25f);
            Assert.Equal(Math.Min(expected, 0.25f), sequence.Effort, 1e-4);
        }
    }

    [Fact]
    public void Without_a_limit_or_with_nothing_to_choose_effort_is_what_was_asked_for()
    {
        using CpuPipeline pipeline = Dense();
        using Sequence sequence = pipeline.Engine.Open();
        sequence.Steer(1, 0.75f);
        Assert.Equal(0.75f, sequence.Effort);
        sequence.StartLedger(PencilCosts.Limit(2 * s_dense.AtMost(0, 1, 1)));
        foreach (int expected in new[] { 1, 100 })
        {
            sequence.Steer(expected, 0.75f);
            Assert.Equal(0.75f, sequence.Effort);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Steer(0, 1));
    }

    [Fact]
    public void Money_is_a_limit_by_its_price_list_with_minimum_and_allowance()
    {
        PriceList prices = PriceList.Parse("""{ "name": "n", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 1 }], "freeAmount": 0.0001, "minimumCharge": 0.5 }""");
        using CpuPipeline pipeline = Dense();
        using Sequence sequence = pipeline.Engine.Open();
        sequence.StartLedger(Budget.OfMoney(0.4m, prices));

        // 48 kFLOP a token and layer: as long as the allowance lasts, and then the minimum is more than the limit.
        while (sequence.Affords(1, Phase.Decode, LogitRows.None))
            Read(pipeline, sequence, 1, Phase.Decode, LogitRows.None);

        Assert.Equal(0, Receipt.Of(sequence.Ledger, prices).Charge!.Total);
        Assert.InRange(sequence.Ledger.ComputeUnits, 0, 0.0001m);
        Assert.True(sequence.Ledger.Flops + s_dense.AtMost(sequence.Tokens, 1, 0) > 100_000);
        BudgetExceededException refusal = Assert.Throws<BudgetExceededException>(() => Read(pipeline, sequence, 1, Phase.Decode, LogitRows.None));
        Assert.Contains("The next token may cost 0.5 EUR, and the budget is 0.4 EUR", refusal.Message);
    }

    [Fact]
    public void Time_that_a_price_list_counts_ends_a_request_too()
    {
        PriceList prices = PriceList.Parse("""{ "name": "n", "version": "1", "currency": "EUR", "rates": [{}], "perGigabyteSecondKept": 1000000000000 }""");
        using CpuPipeline pipeline = Dense();
        using Sequence sequence = pipeline.Engine.Open();
        sequence.StartLedger(Budget.OfMoney(0.001m, prices));
        Read(pipeline, sequence, 8);
        Thread.Sleep(5);
        Assert.False(sequence.Affords(1, Phase.Decode, LogitRows.Last));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_budget_that_is_not_above_zero_is_none(int amount)
    {
        Assert.Contains("expected more than 0", Assert.Throws<ArgumentOutOfRangeException>(() => Budget.OfCompute(amount)).Message);
        Assert.Contains("expected more than 0", Assert.Throws<ArgumentOutOfRangeException>(() => Budget.OfMoney(amount, Prices)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Budget.OfCompute(Budget.MaxComputeUnits + 1));
    }

    private static CpuPipeline Dense(int rows = 64) =>
        new(TestData.Path("stories260K/stories260K-f32.gguf"), new PipelineOptions { Threads = 1, Rows = rows, Sequences = 2 });

    private static void Read(CpuPipeline pipeline, Sequence sequence, int tokens, Phase phase = Phase.Prefill, LogitRows logits = LogitRows.Last)
    {
        pipeline.Batch.Clear();
        pipeline.Batch.Add(sequence, new int[tokens], phase, logits);
        pipeline.Engine.Run(pipeline.Batch);
    }
}
