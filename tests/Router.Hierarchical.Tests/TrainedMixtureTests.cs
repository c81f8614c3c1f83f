using Spud;
using Spud.Execution;
using Spud.Models;
using Spud.Text.Tokenization;
using Xunit;

namespace Router.Hierarchical.Tests;

/// <summary>The router on the mixture of this repository, whose routing is trained, with the pack beside it and texts that neither has seen.</summary>
public sealed class TrainedMixtureTests
{
    private const int Pool = 8, Layers = 4;
    private static readonly string s_model = Path.Combine(TestData.Root, "models", "spud-mixture.gguf");
    private static readonly string[] s_pools = ["context=640", $"router.pool={Pool}", "router.minMass=0", "router.halfLife=64"];

    [Theory]
    [InlineData("mixture/prose.txt", "prose")]
    [InlineData("mixture/code.txt", "code")]
    [InlineData("mixture/reasoning.txt", "reasoning")]
    [InlineData("smollm2/wikitext.txt", TextLabel.None)]
    public void TheKindOfATextIsKnownAfter64Tokens(string text, string kind)
    {
        using MixtureRun run = new(s_model, 2);
        using Sequence sequence = run.Engine.Open();
        int[] tokens = Tokens(text);
        run.Read(sequence, tokens.AsSpan(0, 63));
        Assert.Null(sequence.Ledger.Label);
        run.Read(sequence, tokens.AsSpan(63, 1));
        Assert.Equal(kind, Assert.NotNull(sequence.Ledger.Label).Name);
        run.Read(sequence, tokens.AsSpan(64, 128));
        Assert.Equal(kind, Assert.NotNull(sequence.Ledger.Label).Name);
    }

    [Fact]
    public void ThePoolFollowsTheTextAtReviewBorders()
    {
        int[] code = Tokens("mixture/code.txt"), prose = Tokens("mixture/prose.txt");
        using MixtureRun mixed = new(s_model, 2, s_pools);
        mixed.Fresh([.. code[..320], .. prose[..320]]);
        int stays = 0, left = 0;
        for (int layer = 0; layer < Layers; layer++)
        {
            IReadOnlyList<int[]> rows = mixed.Plans.RowsOf(layer);
            int[] ofCode = Used(rows, 64, 320), ofBorder = Used(rows, 320, 576), ofProse = Used(rows, 576, 640);
            Assert.True(Used(rows, 0, 64).Length > Pool, "before token 64 all experts may be chosen");
            Assert.InRange(ofCode.Length, Pool - 2, Pool);
            Assert.InRange(ofBorder.Length, Pool - 2, Pool);
            Assert.InRange(ofProse.Length, 1, Pool);
            stays += Common(ofCode, ofBorder);
            left += Common(ofCode, ofProse);
        }

        // At 320 the text was code; at 576 it has been prose for 256 tokens, four half-lives.
        Assert.True(stays > left, $"of the experts of code {stays} are used after 320 tokens of it, {left} after 256 of prose");
    }

    [Fact]
    public void InsideThePoolATokenGetsAsManyExpertsAsThePackWasFittedTo()
    {
        using MixtureRun run = new(s_model, 2);
        foreach (string text in new[] { "mixture/prose.txt", "mixture/code.txt", "mixture/reasoning.txt" })
            run.Fresh(Tokens(text)[..256]);

        int[][] rows = [.. Enumerable.Range(0, Layers).SelectMany(run.Plans.RowsOf)];
        Assert.Equal([1, 2, 3, 4], rows.Select(static row => row.Length).Distinct().Order());
        // 3 were asked for, on other texts.
        Assert.InRange(rows.Average(static row => row.Length), 2.4, 3.6);
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
