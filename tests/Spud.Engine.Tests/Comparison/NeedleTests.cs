using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Comparison;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Comparison;

public sealed class NeedleTests : IDisposable
{
    private const int Context = 448;
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Plugins]);
    private static readonly ImmutableArray<double> s_depths = [0, 0.5, 1];

    private readonly LanguageModel _plain = Load();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<NeedleKind> Kinds => [.. Enum.GetValues<NeedleKind>()];

    public void Dispose() => _plain.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_answer_is_in_the_text_once_at_its_depth_and_the_seed_decides_which(NeedleKind kind)
    {
        ImmutableArray<double> depths = kind == NeedleKind.Passkey ? [0.5] : s_depths;
        (string text, ImmutableArray<NeedleQuestion> questions) = NeedleTexts.Of(kind, 40, depths, 7);
        Assert.Equal(depths, questions.Select(question => question.Depth));
        foreach (NeedleQuestion question in questions)
        {
            int at = text.IndexOf(question.Answer, StringComparison.Ordinal);
            Assert.Equal(kind == NeedleKind.Passkey ? 3 : 2, text.Split(question.Answer).Length);
            // The introduction to the lines is a fifth of the text.
            Assert.InRange((double)at / text.Length, question.Depth - 0.12, question.Depth + 0.2);
        }

        Assert.Equal(text, NeedleTexts.Of(kind, 40, depths, 7).Text);
        Assert.NotEqual(questions[0].Answer, NeedleTexts.Of(kind, 40, depths, 8).Questions[0].Answer);
    }

    [Theory]
    [InlineData(NeedleKind.Passkey, 1, 6)]
    [InlineData(NeedleKind.Pairs, 1, 2)]
    [InlineData(NeedleKind.Pairs, 48, 2)]
    [InlineData(NeedleKind.Needles, 64, 2)]
    public void A_context_is_as_long_as_fits_and_ends_where_caches_decide(NeedleKind kind, int border, int contexts)
    {
        NeedleSettings settings = new() { Lengths = [Context], Depths = s_depths, Cases = 2 };
        ImmutableArray<NeedleContext> all = NeedleTask.Generated(kind, settings).Contexts(_plain.Tokenizer, border);
        Assert.Equal(contexts, all.Length);
        foreach (NeedleContext context in all)
        {
            int asked = context.Questions.Max(question => question.Ids(_plain.Tokenizer).Length + question.AnswerTokens(_plain.Tokenizer));
            Assert.InRange(context.Ids.Length + asked, Context - border + 1, Context);
            Assert.Equal(0, context.Ids.Length % border);
            Assert.Equal(_plain.Tokenizer.Bos, context.Ids[0]);
            string text = _plain.Tokenizer.Decode(context.Ids, renderSpecial: false);
            Assert.All(context.Questions, question => Assert.Contains(question.Answer, text));
        }
    }

    [Fact]
    public void A_question_that_comes_first_is_read_with_its_own_context()
    {
        NeedleSettings settings = new() { Lengths = [Context], Depths = s_depths, Cases = 1, QuestionFirst = true };
        ImmutableArray<NeedleContext> all = NeedleTask.Generated(NeedleKind.Needles, settings).Contexts(_plain.Tokenizer, 1);
        Assert.Equal(3, all.Length);
        Assert.All(all, context => Assert.Contains(context.Questions.Single().Text.Trim(), _plain.Tokenizer.Decode(context.Ids, renderSpecial: false)));
    }

    [Theory]
    [InlineData("12345", "12345", true)]
    [InlineData(" 12345. Remember", "12345", true)]
    [InlineData("12345>\n", "12345", true)]
    [InlineData("123456", "12345", false)]
    [InlineData("the 12345", "12345", false)]
    [InlineData("1234", "12345", false)]
    [InlineData("", "12345", false)]
    public void An_answer_is_exact_and_nothing_longer(string written, string answer, bool right) => Assert.Equal(right, new NeedleQuestion("", answer, 0).IsAnsweredBy(written));

    [Fact]
    public void What_the_model_writes_is_right_and_anything_else_is_not()
    {
        NeedleContext context = NeedleTask.Generated(NeedleKind.Needles, new() { Lengths = [Context], Depths = s_depths, Cases = 1 }).Contexts(_plain.Tokenizer, 1)[0];
        string Written(NeedleQuestion question)
        {
            int[] prompt = [.. context.Ids, .. question.Ids(_plain.Tokenizer)];
            return string.Concat(_plain.Generate(prompt, new() { MaxTokens = 12, Sampling = new() { Temperature = 0 } }, Cancellation).ToBlockingEnumerable().Select(piece => piece.Text));
        }

        // Whole words, so that nothing longer begins like them.
        NeedleQuestion[] asked = [.. context.Questions.Select(question => question with { Answer = string.Join(' ', Written(question).Trim().Split(' ')[..2]).TrimEnd('.') })];
        NeedleCost cost = new();
        using NeedleReader reader = new(new("plain", _plain));
        (bool Correct, bool QuestionSeen)[] right = reader.Read(context with { Questions = [.. asked] }, cost, Cancellation);
        Assert.All(right, outcome => Assert.Equal((true, false), outcome));
        Assert.All(reader.Read(context with { Questions = [.. asked.Select(question => question with { Answer = "x" + question.Answer })] }, new(), Cancellation), outcome => Assert.False(outcome.Correct));
        Assert.True(cost is { PrefillSeconds: > 0, DecodeSeconds: > 0, DecodeTokens: > 3, Flops: > 0 });
    }

    [Fact]
    public void Memory_is_that_of_the_pages_in_use_and_of_the_keys_that_are_kept()
    {
        NeedleContext context = NeedleTask.Generated(NeedleKind.Passkey, new() { Lengths = [Context], Depths = [0.5], Cases = 1 }).Contexts(_plain.Tokenizer, 1)[0];
        NeedleCost cost = new();
        using NeedleReader reader = new(new("plain", _plain));
        reader.Read(context, cost, Cancellation);

        PagesExplanation pages = PipelineExplanation.Of(_plain.Pipeline).Pages.Single();
        int layers = _plain.Pipeline.Model.Layers.Length, longest = context.Ids.Length + context.Questions[0].Ids(_plain.Tokenizer).Length + cost.DecodeTokens;
        Assert.Equal((long)context.Ids.Length * layers * pages.BytesPerTokenAndLayer, cost.KeptBytes);
        Assert.Equal((long)(longest + pages.PageTokens - 1) / pages.PageTokens * pages.PageTokens * layers * pages.BytesPerTokenAndLayer, cost.PeakPageBytes);
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(16, 6)]
    public void A_cache_that_forgets_takes_less_and_is_said_to_have_seen_questions_that_reach_its_next_review(int reviewTokens, int seen)
    {
        using LanguageModel recent = Load("cache.use=recent", "cache.keep=24", $"cache.reviewTokens={reviewTokens}", "cache.pageTokens=16");
        NeedleTask task = NeedleTask.Generated(NeedleKind.Needles, new() { Lengths = [Context], Depths = s_depths, Cases = 2 });
        ComparisonSettings settings = new() { Window = new() { Tokens = 16 }, MaxWindows = 1, Speed = null };
        NeedleResult result = new ComparisonRun([new("plain", _plain), new("recent", recent)], [ComparedText.OfFile(TestData.Path("smollm2/chat.txt"))], settings, null, new([], [task]))
            .Run(Cancellation).Needles.Single();
        int asked = task.Contexts(_plain.Tokenizer, reviewTokens).SelectMany(context => context.Questions).Max(question => question.Ids(_plain.Tokenizer).Length);
        Assert.Equal((6, 0), (result.Cases, result.Pipelines[0].QuestionsSeen));
        Assert.Equal(asked >= reviewTokens ? 6 : seen, result.Pipelines[1].QuestionsSeen);
        Assert.True(result.Pipelines[1].Lengths[0].PeakPageBytes < result.Pipelines[0].Lengths[0].PeakPageBytes);
        Assert.True(result.Pipelines[1].Lengths[0].KeptBytes < result.Pipelines[0].Lengths[0].KeptBytes / 4);
        Assert.Equal(s_depths, result.Pipelines[0].Cells.Select(cell => cell.Depth));
    }

    [Fact]
    public void An_interrupted_task_goes_on_and_comes_to_the_same_outcomes()
    {
        using TempFolder folder = new();
        ComparedTasks tasks = new([], [.. new[] { NeedleKind.Pairs, NeedleKind.Needles }.Select(kind => NeedleTask.Generated(kind, new() { Lengths = [384, Context], Depths = s_depths, Cases = 1 }))]);
        ComparedText[] texts = [ComparedText.OfFile(TestData.Path("smollm2/chat.txt"))];
        ComparisonSettings settings = new() { Window = new() { Tokens = 16 }, MaxWindows = 1, Speed = null };
        // One pipeline: its figures mean something alone.
        ComparedPipeline[] pipelines = [new("plain", _plain)];
        ComparisonResult whole = new ComparisonRun(pipelines, texts, settings, null, tasks).Run(Cancellation);

        StateFile state = new(Path.Combine(folder.Path, "state"));
        using CancellationTokenSource stop = new();
        ComparisonRun interrupted = new(pipelines, texts, settings, state, tasks) { Progress = (part, done) => { if (part == 2 && done > 0.4) stop.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => interrupted.Run(stop.Token));
        ComparisonResult resumed = new ComparisonRun(pipelines, texts, settings, state, tasks).Run(Cancellation);
        foreach ((NeedleResult one, NeedleResult other) in whole.Needles.Zip(resumed.Needles))
        {
            Assert.Equal(6, one.Cases);
            Assert.Equal(one.Pipelines[0].Cells, other.Pipelines[0].Cells);
            Assert.Equal([384, Context], other.Pipelines[0].Lengths.Select(length => length.Length));
        }
    }

    [Fact]
    public void Figures_are_those_of_the_outcomes()
    {
        NeedleSums sums = new();
        // A answers 3 of 4, B two of these and one more.
        foreach ((bool a, bool b) in new[] { (true, true), (true, false), (true, true), (false, true) })
            sums.Outcomes.Add(new() { Length = 512, Depth = a && b ? 0 : 1, Correct = [a, b], QuestionSeen = [false, b] });

        sums.Readings.Add(new() { Length = 512, Costs = [new() { PeakPageBytes = 10, PrefillTokens = 100, PrefillSeconds = 2, DecodeTokens = 6, DecodeSeconds = 2 }, new()] });
        sums.Readings.Add(new() { Length = 512, Costs = [new() { PeakPageBytes = 30, PrefillTokens = 100, PrefillSeconds = 3, DecodeTokens = 4, DecodeSeconds = 3 }, new()] });
        NeedleResult result = NeedleSummary.Of(NeedleTask.Generated(NeedleKind.Pairs, new()), sums, 0.95);
        NeedleFigures a1 = result.Pipelines[0], b1 = result.Pipelines[1];
        Assert.Equal((0.75, 1.0, 3, 1.0, 0), (a1.Accuracy.Value, a1.RelativeAccuracy, a1.FirstCorrect, a1.Retained!.Value.Value, a1.QuestionsSeen));
        Assert.Equal((0.75, 1.0, 2.0 / 3, 3), (b1.Accuracy.Value, b1.RelativeAccuracy, b1.Retained!.Value.Value, b1.QuestionsSeen));
        Assert.Equal([(0.0, 2, 1.0), (1.0, 2, 0.5)], b1.Cells.Select(cell => (cell.Depth, cell.Cases, cell.Accuracy.Value)));
        Assert.Equal((30, 40.0, 2.0), (a1.Lengths[0].PeakPageBytes, a1.Lengths[0].PrefillTokensPerSecond, a1.Lengths[0].DecodeTokensPerSecond));
    }

    [Theory]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    public void Wilson_s_intervals_are_those_of_the_tables(int successes, int trials, double low, double high)
    {
        Interval interval = Wilson.Interval(successes, trials, 0.95);
        Assert.Equal((double)successes / trials, interval.Value);
        Assert.Equal(low, interval.Low!.Value, 1e-4);
        Assert.Equal(high, interval.High!.Value, 1e-4);
    }

    [Fact]
    public void Longchat_s_lines_and_key_value_records_are_read_packed_too()
    {
        using TempFolder folder = new();
        string prompt = "Remember. Now the record start:\\n\\nline a-b: REGISTER_CONTENT is <111>\\nline c-d: REGISTER_CONTENT is <222>\\nline e-f: REGISTER_CONTENT is <333>\\n\\nNow the record is over. Tell me what is the <REGISTER_CONTENT> in line c-d? I need the number. ";
        string lines = folder.Write("lines.jsonl", Encoding.UTF8.GetBytes($"{{\"random_idx\":[\"c-d\",1],\"expected_number\":222,\"num_lines\":3,\"prompt\":\"{prompt}\"}}\n"));
        NeedleContext context = NeedleTask.OfFile(NeedleKind.Lines, lines, new() { Cases = 9 }).Contexts(_plain.Tokenizer, 1).Single();
        NeedleQuestion question = context.Questions.Single();
        Assert.Equal(("222", 0.5), (question.Answer, question.Depth));
        Assert.Equal("\nNow the record is over. Tell me what is the <REGISTER_CONTENT> in line c-d? I need the number.\nThe <REGISTER_CONTENT> in line c-d is <", question.Text);
        Assert.EndsWith("line e-f: REGISTER_CONTENT is <333>\n", _plain.Tokenizer.Decode(context.Ids, renderSpecial: false));

        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
            zip.Write("{\"ordered_kv_records\":[[\"k1\",\"v1\"],[\"k2\",\"v2\"]],\"key\":\"k2\",\"value\":\"v2\"}"u8);

        NeedleContext pairs = NeedleTask.OfFile(NeedleKind.Pairs, folder.Write("pairs.jsonl.gz", packed.ToArray()), new() { Cases = 9 }).Contexts(_plain.Tokenizer, 32).Single();
        Assert.Equal(("v2", 1.0), (pairs.Questions.Single().Answer, pairs.Questions.Single().Depth));
        Assert.EndsWith("{\"k1\": \"v1\",\n \"k2\": \"v2\"}\n", _plain.Tokenizer.Decode(pairs.Ids, renderSpecial: false));
        Assert.Equal(0, pairs.Ids.Length % 32);
    }

    [Theory]
    [InlineData(NeedleKind.Lines, "", "contains no questions")]
    [InlineData(NeedleKind.Lines, "{\"prompt\":", "line 1: expected prompt, random_idx")]
    [InlineData(NeedleKind.Lines, "{\"prompt\":\"x\",\"random_idx\":[\"a\",0],\"expected_number\":1,\"num_lines\":1}", "no 'Now the record is over.'")]
    [InlineData(NeedleKind.Pairs, "{\"ordered_kv_records\":[[\"a\",\"b\"]],\"key\":\"c\",\"value\":\"b\"}", "the key is none of the records'")]
    [InlineData(NeedleKind.Passkey, "{}", "are generated and take no file")]
    public void A_file_that_is_no_such_task_is_refused(NeedleKind kind, string content, string why)
    {
        using TempFolder folder = new();
        string file = folder.Write("task.jsonl", Encoding.UTF8.GetBytes(content));
        Assert.Contains(why, Assert.Throws<ComparisonException>(() => NeedleTask.OfFile(kind, file, new())).Message);
    }

    [Fact]
    public void Contexts_that_are_too_long_or_too_short_are_refused()
    {
        Assert.Contains("expected 256 tokens or more", Assert.Throws<ComparisonException>(() => NeedleTask.Generated(NeedleKind.Pairs, new() { Lengths = [100] })).Message);
        Assert.Contains("depths: expected 0 to 1", Assert.Throws<ComparisonException>(() => NeedleTask.Generated(NeedleKind.Pairs, new() { Depths = [1.5] })).Message);
        ComparedTasks tasks = new([], [NeedleTask.Generated(NeedleKind.Pairs, new() { Lengths = [1024] })]);
        ComparisonRun run = new([new("plain", _plain)], [ComparedText.OfFile(TestData.Path("smollm2/chat.txt"))], new() { Window = new() { Tokens = 16 }, MaxWindows = 1, Speed = null }, null, tasks);
        Assert.Contains("pairs: the longest context has 1024 tokens with its question and answer, plain reads 512", Assert.Throws<ComparisonException>(() => run.Run(Cancellation)).Message);
    }

    private static LanguageModel Load(params string[] edits) => LanguageModel.Load(
        PipelineDocument.Load(null, ["context=512", "attention.activations=f32", "experts.activations=f32", "head.activations=f32", .. edits]),
        s_plugins,
        new() { DefaultModel = TestData.Path("stories260K/stories260K-f32.gguf"), Threads = 2, LogitRows = 8 });
}
