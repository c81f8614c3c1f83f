using Spud;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Xunit;

namespace Router.Hierarchical.Tests;

/// <summary>Pools in a real engine: however a text comes about, its logits are the same to the bit.</summary>
public sealed class PipelineTests : IDisposable
{
    private static readonly string[] s_pools = ["router.pool=4", "router.minMass=0", "router.halfLife=100", "router.threshold=0.8"];
    private readonly MixtureFile _model = new();

    [Fact]
    public void ChunksThreadsAndPhasesDoNotMatter()
    {
        int[] text = MixtureRun.Text(1, 400);
        using MixtureRun run = new(_model, 2, s_pools), alone = new(_model, 1, s_pools);
        float[][] expected = run.Fresh(text);
        Assert.Equal(expected, run.Fresh(text, 37));
        Assert.Equal(expected, run.Fresh(text, 1));
        Assert.Equal(expected, alone.Fresh(text, 50));
    }

    [Fact]
    public void PoolsMakeADifferenceFromToken64On()
    {
        int[] text = MixtureRun.Text(1, 70);
        using MixtureRun run = new(_model, 2, s_pools), without = new(_model, 2, "router.pool=16", "router.threshold=0.8");
        float[][] pooled = run.Fresh(text), plain = without.Fresh(text);
        Assert.Equal(plain[..64], pooled[..64]);
        Assert.NotEqual(plain[65], pooled[65]);
    }

    [Fact]
    public void TextsThatShareStepsDoNotTouchEachOther()
    {
        int[][] texts = [.. Enumerable.Range(2, 3).Select(static seed => MixtureRun.Text(seed, 330))];
        int[] read = [63, 319, 200];
        using MixtureRun run = new(_model, 2, s_pools);
        float[][][] expected = [.. texts.Select(text => run.Fresh(text))];
        Sequence[] sequences = [.. texts.Select(_ => run.Engine.Open())];
        for (int i = 0; i < texts.Length; i++)
            run.Read(sequences[i], texts[i].AsSpan(0, read[i]));
        for (int token = 0; token < 4; token++)
        {
            float[][] got = run.Step([.. sequences.Select((sequence, i) => (sequence, texts[i][(read[i] + token)..(read[i] + token + 1)]))]);
            Assert.Equal(texts.Select((_, i) => expected[i][read[i] + token]), got);
        }
    }

    [Fact]
    public void AForkHasThePoolsOfItsPast()
    {
        int[] text = MixtureRun.Text(5, 400), other = [.. text[..150], .. MixtureRun.Text(6, 250)];
        using MixtureRun run = new(_model, 2, s_pools);
        float[][] expected = run.Fresh(text), expectedOther = run.Fresh(other);
        using Sequence sequence = run.Engine.Open();
        run.Read(sequence, text.AsSpan(0, 150));
        using Sequence fork = sequence.Fork();
        Assert.Equal(expectedOther[150..], run.Read(fork, other.AsSpan(150)));
        Assert.Equal(expected[150..], run.Read(sequence, text.AsSpan(150)));
    }

    [Theory]
    [InlineData(399)]
    [InlineData(325)]
    [InlineData(320)]
    [InlineData(100)]
    [InlineData(30)]
    public void ATextThatGoesBackHasThePoolsOfItsNewLength(int length)
    {
        int[] text = MixtureRun.Text(7, 400), other = [.. text[..length], .. MixtureRun.Text(8, 420 - length)];
        using MixtureRun run = new(_model, 2, s_pools);
        float[][] expected = run.Fresh(other);
        using Sequence sequence = run.Engine.Open();
        run.Read(sequence, text);
        sequence.Truncate(length);
        Assert.Equal(expected[length..], run.Read(sequence, other.AsSpan(length)));
    }

    [Fact]
    public void RowsThatAreNotKeptNeverWere()
    {
        int[] text = MixtureRun.Text(9, 200);
        using MixtureRun run = new(_model, 2, s_pools);
        float[][] expected = run.Fresh(text);
        using Sequence sequence = run.Engine.Open();
        run.Read(sequence, text.AsSpan(0, 50));
        // Up to the border, of which four rows are kept; then a step that is kept not at all.
        run.Step([(sequence, [.. text[50..54], .. MixtureRun.Text(10, 10)])], static _ => 4);
        run.Step([(sequence, MixtureRun.Text(11, 10))], static _ => 0);
        Assert.Equal(expected[54..], run.Read(sequence, text.AsSpan(54)));
    }

    [Fact]
    public void ALabelIsKnownFromToken64OnAndStandsOnTheReceipt()
    {
        string pack = _model.PackOf(1, [("even", Shares(0)), ("odd", Shares(1))]);
        using MixtureRun run = new(_model, 2, [.. s_pools, $"router.pack={pack}"]);
        using Sequence sequence = run.Engine.Open();
        int[] text = MixtureRun.Text(12, 130);
        run.Read(sequence, text.AsSpan(0, 63));
        Assert.Null(sequence.Ledger.Label);
        run.Read(sequence, text.AsSpan(63, 1));
        TextLabel label = Assert.NotNull(sequence.Ledger.Label);
        Assert.Contains(label.Name, (string[])["even", "odd"]);
        Assert.InRange(label.Confidence, 0.5, 1);
        Assert.Equal(label, Receipt.Of(sequence.Ledger, null).Label);
        // A new request on the same text, and a fork, know it with their first step.
        Assert.Null(sequence.StartLedger().Label);
        run.Read(sequence, text.AsSpan(64, 1));
        Assert.Equal(label, sequence.Ledger.Label);
        using Sequence fork = sequence.Fork();
        run.Read(fork, text.AsSpan(65, 1));
        Assert.Equal(label, fork.Ledger.Label);
        sequence.Truncate(40);
        Assert.Null(sequence.Ledger.Label);
    }

    [Fact]
    public void ATextThatIsFarFromAllKindsIsNone()
    {
        float[] one = new float[MixtureFile.Experts];
        one[3] = 1;
        using MixtureRun run = new(_model, 2, $"router.pack={_model.PackOf(0.05f, [("odd", one)])}");
        using Sequence sequence = run.Engine.Open();
        run.Read(sequence, MixtureRun.Text(13, 64));
        Assert.Equal(TextLabel.None, Assert.NotNull(sequence.Ledger.Label).Name);
    }

    [Fact]
    public void APackHasRulesThatOptionsOverride()
    {
        string pack = _model.PackOf(1, [("even", Shares(0))], static file =>
        {
            file.Set(PackKeys.Pool, 5);
            file.Set(PackKeys.MinMass, 0.0);
            for (int layer = 0; layer < MixtureFile.Layers; layer++)
                file.Set(PackKeys.Threshold(layer), 0.8);
        });
        int[] text = MixtureRun.Text(14, 100);
        using MixtureRun packed = new(_model, 2, $"router.pack={pack}"), same = new(_model, 2, "router.pool=5", "router.minMass=0", "router.threshold=0.8");
        using MixtureRun changed = new(_model, 2, $"router.pack={pack}", "router.pool=16");
        Assert.Equal(same.Fresh(text), packed.Fresh(text));
        Assert.NotEqual(packed.Fresh(text)[99], changed.Fresh(text)[99]);
    }

    [Theory]
    [InlineData("format", "has format 2, expected 1")]
    [InlineData("pool", "pool is 3, but layer 0 needs at least 4")]
    [InlineData("threshold", "the pack's router.hierarchical.0.threshold is 1.5, expected 0 to 1")]
    [InlineData("label", "the pack has no key 'router.hierarchical.label.1'")]
    [InlineData("model", "was made for another model")]
    public void AWrongPackIsRefused(string what, string message)
    {
        string pack = _model.PackOf(1, [("even", Shares(0))], file =>
        {
            switch (what)
            {
                case "format": file.Set(PackKeys.Format, 2); break;
                case "pool": file.Set(PackKeys.Pool, 3); break;
                case "threshold": file.Set(PackKeys.Threshold(0), 1.5); break;
                case "label": file.Set(PackKeys.Labels, 2); break;
                default: file.Set("spud.pack.model", new string('0', 64)); break;
            }
        });
        CompositionException refusal = Assert.Throws<CompositionException>(() => new MixtureRun(_model, 2, $"router.pack={pack}"));
        Assert.Contains(message, refusal.Message);
    }

    public void Dispose() => _model.Dispose();

    private static float[] Shares(int first) => [.. Enumerable.Range(0, MixtureFile.Experts).Select(expert => expert % 2 == first ? 0.1f : 0.025f)];
}
