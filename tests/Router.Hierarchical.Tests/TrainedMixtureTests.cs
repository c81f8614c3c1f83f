using Spud;
using Spud.Execution;
using Spud.Models;
using Spud.Text.Tokenization;
using Xunit;

namespace Router.Hierarchical.Tests;

/// <summary>The router on the mixture of this repository, whose routing is trained, on texts that it has not seen.</summary>
public sealed class TrainedMixtureTests
{
    private const int Pool = 8, Layers = 4;
    private static readonly string s_model = Path.Combine(TestData.Root, "models", "spud-mixture.gguf");
    private static readonly string[] s_pools = ["context=640", $"router.pool={Pool}", "router.minMass=0", "router.halfLife=64"];

    [Fact]
    public void ThePoolFollowsTheTextAtReviewBorders()
    {
        int[] code = Tokens("mixture/code.txt"), prose = Tokens("mixture/prose.txt");
        using MixtureRun mixed = new(s_model, 2, s_pools), onlyProse = new(s_model, 2, s_pools);
        mixed.Fresh([.. code[..320], .. prose[..320]]);
        onlyProse.Fresh(prose[..320]);
        for (int layer = 0; layer < Layers; layer++)
        {
            IReadOnlyList<int[]> rows = mixed.Plans.RowsOf(layer);
            int[] ofCode = Used(rows, 64, 320), ofBorder = Used(rows, 320, 576), ofProse = Used(rows, 576, 640), expected = Used(onlyProse.Plans.RowsOf(layer), 64, 320);
            Assert.True(Used(rows, 0, 64).Length > Pool, "before token 64 all experts may be chosen");
            Assert.InRange(ofCode.Length, Pool - 2, Pool);
            Assert.InRange(ofBorder.Length, Pool - 2, Pool);
            // At 320 the text was code; at 576 it has been prose for 256 tokens, four half-lives.
            Assert.True(Common(ofCode, ofBorder) > Common(ofCode, ofProse), $"layer {layer}: the pool of code stays");
            Assert.True(Common(expected, ofProse) > Common(expected, ofCode), $"layer {layer}: the pool is not that of prose");
        }
    }

    [Fact]
    public void HoweverATextIsReadItsPlansAreTheSame()
    {
        int[] tokens = [.. Tokens("mixture/code.txt")[..300], .. Tokens("mixture/prose.txt")[..60]];
        using MixtureRun whole = new(s_model, 2, s_pools), pieces = new(s_model, 1, s_pools);
        Assert.Equal(whole.Fresh(tokens), pieces.Fresh(tokens, 37));
        for (int layer = 0; layer < Layers; layer++)
            Assert.Equal(whole.Plans.RowsOf(layer), pieces.Plans.RowsOf(layer));
    }

    // Both keep activations in f32, and sum in another order.
    [Theory]
    [InlineData("prose")]
    [InlineData("code")]
    [InlineData("reasoning")]
    public void WithTopKTokensHaveTheLossesOfLlamaCpp(string text)
    {
        const double Nats = 1e-3;
        float[] expected = TestData.Floats($"mixture/{text}.llamacpp.nll.bin");
        int[] tokens = Tokens($"mixture/{text}.txt")[..(expected.Length + 1)];
        using MixtureRun run = new(s_model, 2, "router.use=top-k", "head.activations=f32", "cache.format=f32");
        float[][] logits = run.Fresh(tokens);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], Loss(logits[i], tokens[i + 1]), Nats);
    }

    private static int[] Tokens(string text)
    {
        using GgufFile model = GgufFile.Open(s_model);
        return Tokenizer.Load(model.Metadata).Encode(File.ReadAllText(TestData.Path(text)), addSpecial: true, parseSpecial: false);
    }

    private static int[] Used(IReadOnlyList<int[]> rows, int first, int end) => [.. rows.Skip(first).Take(end - first).SelectMany(static row => row).Distinct()];

    private static int Common(int[] pool, int[] other) => pool.Intersect(other).Count();

    private static double Loss(float[] logits, int token)
    {
        double largest = logits.Max();
        return largest + Math.Log(logits.Sum(logit => Math.Exp(logit - largest))) - logits[token];
    }
}
