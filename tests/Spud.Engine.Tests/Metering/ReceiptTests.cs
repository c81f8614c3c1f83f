using System.Text.Json;
using Spud.Composition;
using Spud.Execution;
using Spud.Metering;
using Spud.Tests.Composition.Explanation;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Metering;

public sealed class ReceiptTests
{
    private const string Prices =
        """
        {
          "name": "test", "version": "7", "currency": "EUR", "decimals": 15, "freeAmount": 0.000001,
          "rates": [ { "phase": "decode", "perComputeUnit": 0.3 }, { "perComputeUnit": 0.1, "perGigabyteRead": 0.01 } ]
        }
        """;

    [Fact]
    public void A_receipt_adds_up_and_is_the_same_to_the_last_digit_whenever_it_is_made_out()
    {
        using CpuPipeline pipeline = new(TestData.Path("families/mixtral.gguf"), new PipelineOptions { Threads = 1 });
        Ledger ledger = Used(pipeline);
        string one = Json(Receipt.Of(ledger, PriceList.Parse(Prices))), two = Json(Receipt.Of(ledger, PriceList.Parse(Prices)));
        Assert.Equal(one, two);

        Receipt receipt = JsonSerializer.Deserialize(one, ReceiptJson.Default.Receipt)!;
        Assert.Equal((ledger.ComputeUnits, "mixtral.gguf", RequestOutcome.Finished), (receipt.ComputeUnits, receipt.Model, receipt.Outcome));
        Assert.Equal(receipt.ComputeUnits, receipt.Lines.Sum(line => line.ComputeUnits));
        Assert.Equal(receipt.GigabytesRead, receipt.Lines.Sum(line => line.GigabytesRead));
        ReceiptCharge charge = receipt.Charge!;
        Assert.Equal(receipt.Lines.Sum(line => line.Amount), charge.Work);
        decimal pencil = 0.3m * ledger[Phase.Decode].Total.ComputeUnits + 0.1m * ledger[Phase.Prefill].Total.ComputeUnits + 0.01m * ledger[Phase.Prefill].Total.GigabytesRead;
        Assert.Equal((pencil, decimal.Round(pencil - 0.000001m, 15), 0.000001m), (charge.Work, charge.Total, charge.Free));
        Assert.Equal(("test", "7", "EUR"), (charge.PriceList, charge.Version, charge.Currency));
    }

    [Fact]
    public void It_says_what_each_phase_and_layer_did()
    {
        using CpuPipeline pipeline = new(TestData.Path("families/mixtral.gguf"), new PipelineOptions { Threads = 1 }, cache: "f16");
        Receipt receipt = Receipt.Of(Used(pipeline), null);
        Assert.Null(receipt.Charge);
        Assert.Equal([(Phase.Prefill, 5L, 1L, 1L), (Phase.Decode, 2L, 2L, 2L)], receipt.Phases.Select(phase => (phase.Phase, phase.Tokens, phase.Steps, phase.LogitRows)));
        Assert.All(receipt.Phases, phase => Assert.Equal([2, 2, 2], phase.ExpertsPerToken!.Value));
        Assert.Equal([7, 7, 7], receipt.KeptTokens);
        Assert.Equal(["head", "attention", "cache", "router", "experts"], receipt.Lines.Take(5).Select(line => line.Role));
        Assert.Equal(7 * 3 * ConfigNumbers.Of("mixtral").KvBytes, receipt.Lines.Sum(line => line.KvGigabytesWritten) * 1e9m);
    }

    [Fact]
    public void Names_and_outcomes_in_json_are_in_camel_case()
    {
        using CpuPipeline pipeline = new(TestData.Path("families/llama.gguf"), new PipelineOptions { Threads = 1 });
        using Sequence sequence = pipeline.Engine.Open();
        Ledger ledger = sequence.StartLedger(Budget.OfCompute(0.5m));
        ledger.Close(RequestOutcome.StoppedByBudget);
        JsonElement json = JsonDocument.Parse(Json(Receipt.Of(ledger, null))).RootElement;
        Assert.Equal("stoppedByBudget", json.GetProperty("outcome").GetString());
        Assert.Equal(0.5m, json.GetProperty("limit").GetProperty("computeUnits").GetDecimal());
        Assert.Equal(0, json.GetProperty("computeUnits").GetDecimal());
        pipeline.LastLogits(sequence, [1]);
        JsonElement ran = JsonDocument.Parse(Json(Receipt.Of(sequence.Ledger, null))).RootElement;
        Assert.Equal("prefill", ran.GetProperty("phases")[0].GetProperty("phase").GetString());
        Assert.Equal(JsonValueKind.Null, ran.GetProperty("phases")[0].GetProperty("expertsPerToken").ValueKind);
    }

    private static Ledger Used(CpuPipeline pipeline)
    {
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, [1, 2, 3, 4, 5]);
        pipeline.LastLogits(sequence, [6], phase: Phase.Decode);
        pipeline.LastLogits(sequence, [7], phase: Phase.Decode);
        sequence.Ledger.Close(RequestOutcome.Finished);
        return sequence.Ledger;
    }

    private static string Json(Receipt receipt) => JsonSerializer.Serialize(receipt, ReceiptJson.Default.Receipt);
}
