using Xunit;

namespace Backend.Onnx.Tests.Parity;

/// <summary>One model in many formats: with f32 activations the exact logits, with rounded ones as near to them as llama.cpp.</summary>
public sealed class QuantisedTests
{
    private const double FlippedRow = 1e-2;

    public static TheoryData<string> Models =>
        [.. Directory.EnumerateFiles(TestData.Path("quantised"), "*.gguf").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Models))]
    public void ExactActivationsGiveExactLogits(string model)
    {
        (double distance, _) = Distances(model, "f32");
        Assert.True(distance <= 1e-5, $"{model}: RMS distance {distance:E2} of the range");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void RoundedActivationsAreAsNearAsLlamaCpps(string model)
    {
        (double distance, double peer) = Distances(model, "q8");
        Assert.True(distance <= 1.2 * Math.Max(peer, 1e-4), $"{model}: RMS distance {distance:E2} of the range, llama.cpp's {peer:E2}");
    }

    // Rows on which a router's near-tie fell the other way, in either, are set aside: they say nothing about rounding.
    private static (double Spud, double Peer) Distances(string model, string activations)
    {
        float[] exact = PromptLogits.Reference($"quantised/{model}.exact.logits.bin"), peer = PromptLogits.Reference($"quantised/{model}.llamacpp.logits.bin");
        float[] got = PromptLogits.AllRoles($"head.activations={activations}", $"attention.activations={activations}", $"experts.activations={activations}")
            .Of(TestData.Path($"quantised/{model}.gguf"));
        int rows = PromptLogits.Prompt.Length, width = exact.Length / rows;
        double range = exact.Max() - exact.Min();
        (double Spud, double Peer)[] squares = [.. Enumerable.Range(0, rows).Select(row => (
            MeanSquare(exact, got, row * width, width) / range / range, MeanSquare(exact, peer, row * width, width) / range / range))];
        (double Spud, double Peer)[] kept = [.. squares.Where(row => !model.Contains("moe") || Math.Sqrt(Math.Max(row.Spud, row.Peer)) < FlippedRow)];
        Assert.True(kept.Length >= rows * 3 / 4, $"{model}: {rows - kept.Length} of {rows} rows are far off");
        return (Math.Sqrt(kept.Average(row => row.Spud)), Math.Sqrt(kept.Average(row => row.Peer)));
    }

    private static double MeanSquare(float[] a, float[] b, int from, int count) =>
        Enumerable.Range(from, count).Average(i => Math.Pow(a[i] - b[i], 2));
}
