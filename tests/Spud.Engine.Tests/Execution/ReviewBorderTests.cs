using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Comparison;
using Spud.Evaluation.Likelihood;
using Spud.Execution;
using Spud.Plugins;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution;

/// <summary>
/// A cache that forgets was measured too kindly: rows of one step saw keys that smaller steps would have dropped before. No step crosses a
/// review border, so every way of reading a text keeps the same keys.
/// </summary>
public sealed class ReviewBorderTests
{
    private static readonly string s_stories = TestData.Path("stories260K/stories260K-f32.gguf");
    private static readonly string[] s_plain = ["cache.use=plain", "cache.format=f32"];
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Plugins]);

    /// <summary>Tokens between reviews; null: not said, as by a policy of contract 1.0.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(6)]
    [InlineData(40)]
    public void However_many_rows_a_step_has_a_text_keeps_the_same_keys(int? reviewTokens)
    {
        float[][] logits = [.. new[] { 1, 7, 64, 512 }.Select(rows =>
        {
            using ToyPipeline toy = new(new ToySettings { Rows = 512, LogitRows = 512, ContextTokens = 600, Forgets = true, ReviewTokens = reviewTokens });
            toy.Cache.OnReview = (_, history) => KeepLast(history, 5);
            return Read(toy, [.. Enumerable.Range(0, 520).Select(i => i * 7 % ToyPipeline.Vocabulary)], rows);
        })];
        Assert.All(logits[1..], other => Assert.Equal(logits[0], other));
    }

    [Fact]
    public void A_policy_that_promises_to_drop_nothing_that_is_seen_has_no_borders_and_any_other_one_at_each_page()
    {
        Assert.Equal([50], StepsOf(new ToySettings { Rows = 64, LogitRows = 64 }));
        Assert.Equal([.. Enumerable.Repeat(4, 12), 2], StepsOf(new ToySettings { Rows = 64, LogitRows = 64, Forgets = true }));
        Assert.Equal([20, 20, 10], StepsOf(new ToySettings { Rows = 64, LogitRows = 64, Forgets = true, ReviewTokens = 20 }));
        Assert.Equal([16, 4, 16, 4, 10], StepsOf(new ToySettings { Rows = 16, LogitRows = 64, ReviewTokens = 20 }));

        static int[] StepsOf(ToySettings settings)
        {
            using ToyPipeline toy = new(settings);
            using Sequence sequence = toy.Engine.Open();
            Batch batch = toy.Engine.NewBatch();
            List<int> steps = [];
            for (ReadOnlySpan<int> rest = new int[50]; !rest.IsEmpty; rest = rest[steps[^1]..])
                steps.Add(toy.Engine.Step(batch, sequence, rest, Phase.Prefill, LogitRows.Last));

            Assert.Equal(ToyPipeline.Vocabulary, batch.Logits(0).Length);
            return [.. steps];
        }
    }

    [Fact]
    public void Rows_that_cross_a_border_are_refused_with_its_position_and_what_to_do()
    {
        using ToyPipeline toy = new(new ToySettings { Forgets = true, ReviewTokens = 8 });
        Sequence sequence = toy.Engine.Open();
        toy.Run(sequence, Phase.Prefill, 1, 2, 3);
        Batch batch = toy.Engine.NewBatch();
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => batch.Add(sequence, new int[6], Phase.Prefill, LogitRows.None));
        Assert.StartsWith("batch: 6 rows from position 3 on cross the review border at 8, where the cache, or what a component knows of the text, may change: add at most 5, or use Fill", refusal.Message);
        Assert.Equal(5, batch.Fill(sequence, new int[6], Phase.Prefill, LogitRows.None));
    }

    [Fact]
    public void A_review_every_0_tokens_is_refused_at_composition() =>
        Assert.Contains("layer 0: a review every 0 tokens; expected at least 1", Assert.Throws<CompositionException>(() => new ToyPipeline(new ToySettings { ReviewTokens = 0 })).Message);

    [Theory]
    [InlineData("cache.pageTokens=16")]
    [InlineData("cache.reviewTokens=48")]
    public void A_score_is_that_of_reading_token_by_token(string edit)
    {
        IReadOnlyList<float> expected = Score(1, Recent(edit)), plain = Score(64, s_plain);
        Assert.Equal(expected, Score(64, Recent(edit)));
        Assert.Equal(expected, Score(200, Recent(edit)));
        Assert.NotInRange(expected.Sum() / plain.Sum(), 0.995f, 1.005f);
    }

    [Fact]
    public void A_comparison_shows_the_loss_that_decode_has()
    {
        using LanguageModel plain = Load(256, s_plain), recent = Load(256, Recent());
        ComparisonResult result = new ComparisonRun([new("plain", plain), new("recent", recent)], [ComparedText.OfFile(TestData.Path("smollm2/wikitext.txt"))], new() { Window = new() { Tokens = 256 }, Speed = null })
            .Run(TestContext.Current.CancellationToken);
        double[] losses = [.. new[] { s_plain, Recent() }.Select(edits => Windows(edits).Average(static loss => (double)loss))];
        Assert.Equal(Math.Exp(losses[1] - losses[0]), result.Pipelines[1].Quality.PerplexityRatio.Value, 1e-6);

        // The second half of each window, decoded.
        static List<float> Windows(string[] edits)
        {
            using LanguageModel single = Load(1, edits);
            int[] ids = single.Tokenizer.Encode(File.ReadAllText(TestData.Path("smollm2/wikitext.txt")), addSpecial: true, parseSpecial: false);
            List<float> losses = [];
            for (int start = 0; start + 256 <= ids.Length; start += 256)
                losses.AddRange(new TextScorer(single).Score([single.Tokenizer.Bos!.Value, .. ids[(start + 1)..(start + 256)]]).Losses.Skip(128));

            return losses;
        }
    }

    [Fact]
    public void The_explanation_says_where_a_cache_that_forgets_is_reviewed()
    {
        Assert.Equal((16, 48, null), (BorderOf(Recent("cache.pageTokens=16")), BorderOf(Recent("cache.reviewTokens=48")), BorderOf(s_plain)));

        static int? BorderOf(string[] edits)
        {
            using LanguageModel model = Load(1, edits);
            return PipelineExplanation.Of(model.Pipeline).Pages.Single().ReviewTokens;
        }
    }

    private static string[] Recent(params string[] edits) => ["cache.use=recent", "cache.keep=24", .. edits];

    private static IReadOnlyList<float> Score(int rows, string[] edits)
    {
        using LanguageModel model = Load(rows, edits);
        int[] ids = model.Tokenizer.Encode(File.ReadAllText(TestData.Path("smollm2/wikitext.txt")), addSpecial: true, parseSpecial: false);
        return new TextScorer(model).Score(ids.AsSpan(0, 300)).Losses;
    }

    private static LanguageModel Load(int rows, string[] edits) => LanguageModel.Load(
        PipelineDocument.Load(null, [$"model={s_stories}", .. edits]), s_plugins, new() { Threads = 1, LogitRows = rows });

    private static float[] Read(ToyPipeline toy, int[] text, int rows)
    {
        using Sequence sequence = toy.Engine.Open();
        Batch batch = toy.Engine.NewBatch();
        List<float> logits = [];
        foreach (int[] chunk in text.Chunk(rows))
        {
            for (ReadOnlySpan<int> rest = chunk; !rest.IsEmpty;)
            {
                int read = toy.Engine.Step(batch, sequence, rest, Phase.Prefill, LogitRows.All);
                for (int row = 0; row < read; row++)
                    logits.AddRange(batch.Logits(0, row));
                rest = rest[read..];
            }
        }

        return [.. logits];
    }

    private static void KeepLast(IHistory history, int tokens)
    {
        for (int run = 0; run < history.Runs.Length; run++)
        {
            int gone = Math.Min(history.Runs[run].Keys, history.Tokens - tokens - history.Runs[run].FirstPosition);
            if (gone > 0)
                history.Drop(run, 0, gone);
        }
    }
}
