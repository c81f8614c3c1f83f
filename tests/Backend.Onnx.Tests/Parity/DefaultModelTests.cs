using System.Runtime.InteropServices;
using Spud;
using Spud.Composition;
using Spud.Execution;
using Xunit;

namespace Backend.Onnx.Tests.Parity;

/// <summary>The default model: real weights, a real text.</summary>
public sealed class DefaultModelTests
{
    [Fact]
    public void TheLastLogitsAreThoseOfTheExpandedWeights()
    {
        float[] expected = PromptLogits.Reference("smollm2/code.exact.logits.bin"), got = Logits("f32");
        double distance = PromptLogits.Distance(expected, got[^expected.Length..]);
        TestContext.Current.TestOutputHelper?.WriteLine($"RMS {distance:E2} of the range");
        Assert.True(distance <= 1e-5, $"off by {distance:E2} of the logits' range (RMS)");
    }

    [Theory]
    [InlineData("f16", 5e-3)]
    [InlineData("bf16", 5e-3)]
    public void SmallerTypesStayNearF32(string weights, double tolerance)
    {
        double kl = MeanKl(Logits("f32"), Logits(weights));
        TestContext.Current.TestOutputHelper?.WriteLine($"{weights}: mean KL {kl:E2}");
        Assert.InRange(kl, -1e-6, tolerance);
    }

    [Fact]
    public void SequencesOfOneStepDoNotMix()
    {
        string model = TestData.Path("families/gpt-oss.gguf");
        int[] prompt = PromptLogits.Prompt;
        int[][] texts = [prompt[..30], prompt[7..19], prompt[3..4]];
        float[][] alone = [.. texts.Select(text => PromptLogits.AllRoles().Of(model, text))];
        using Pipeline pipeline = PromptLogits.AllRoles().Compose(model, sequences: texts.Length);
        Engine engine = pipeline.Engine;
        Sequence[] sequences = [.. texts.Select(_ => engine.Open())];
        Batch batch = engine.NewBatch();
        List<float>[] together = [.. texts.Select(_ => new List<float>())];
        const int rows = 9;
        for (int from = 0; from < texts.Max(text => text.Length); from += rows)
        {
            int[] present = [.. Enumerable.Range(0, texts.Length).Where(i => from < texts[i].Length)];
            batch.Clear();
            foreach (int i in present)
                batch.Add(sequences[i], texts[i][from..Math.Min(from + rows, texts[i].Length)], Phase.Prefill, LogitRows.All);

            engine.Run(batch);
            for (int entry = 0; entry < present.Length; entry++)
                for (int row = 0; row < Math.Min(rows, texts[present[entry]].Length - from); row++)
                    together[present[entry]].AddRange(batch.Logits(entry, row));
        }

        foreach (Sequence sequence in sequences)
            sequence.Dispose();
        for (int i = 0; i < texts.Length; i++)
            Assert.True(PromptLogits.Distance(alone[i], [.. together[i]]) <= 1e-5, $"sequence {i} is not what it is alone");
    }

    private static float[] Logits(string weights) =>
        PromptLogits.AllRoles($"head.weights={weights}", $"attention.weights={weights}", $"experts.weights={weights}", "context=512")
            .Of(TestData.DefaultModel, [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("smollm2/code.tokens.bin")))]);

    private static double MeanKl(float[] exact, float[] rounded)
    {
        const int vocabulary = 49152;
        double sum = 0;
        for (int row = 0; row < exact.Length; row += vocabulary)
        {
            (double[] p, double[] q) = (LogSoftmax(exact.AsSpan(row, vocabulary)), LogSoftmax(rounded.AsSpan(row, vocabulary)));
            for (int i = 0; i < vocabulary; i++)
                sum += Math.Exp(p[i]) * (p[i] - q[i]);
        }

        return sum / (exact.Length / vocabulary);
    }

    private static double[] LogSoftmax(ReadOnlySpan<float> logits)
    {
        double[] result = new double[logits.Length];
        double top = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
            top = Math.Max(top, logit);
        foreach (float logit in logits)
            sum += Math.Exp(logit - top);
        for (int i = 0; i < result.Length; i++)
            result[i] = logits[i] - top - Math.Log(sum);
        return result;
    }
}
