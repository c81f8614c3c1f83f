using System.Text;
using Spud.Configuration;
using Spud.Evaluation.Comparison;
using Spud.Evaluation.Likelihood;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Comparison;

public sealed class TaskTests
{
    private static readonly string Stories = TestData.Path("stories260K/stories260K-f32.gguf");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Multiple_choice_is_asked_as_the_harness_asks_it()
    {
        TaskItem item = ComparisonTask.Load("arc-easy", TestData.Path("eval/arc-easy.json"), null).Items[0];
        Assert.Equal("Question: Which statement best explains why photosynthesis is the foundation of most food webs?\nAnswer:", item.Prompt);
        Assert.Equal([" Sunlight is the source of energy for nearly all ecosystems.", " Most ecosystems are found on land instead of in water.", " Carbon dioxide is more available than other gases.", " The producers in all ecosystems are plants."], item.Choices);
        Assert.Equal("0", item.Answer);
    }

    [Fact]
    public void The_data_set_s_own_form_is_read_too()
    {
        using TempFolder folder = new();
        string file = folder.Write("arc.jsonl", """{"question":"Q?","choices":{"text":["one","two"],"label":["A","B"]},"answerKey":"B"}"""u8);
        TaskItem item = ComparisonTask.Load("arc-easy", file, null).Items.Single();
        Assert.Equal(("Question: Q?\nAnswer:", " one", " two", "1"), (item.Prompt, item.Choices[0], item.Choices[1], item.Answer));
    }

    [Fact]
    public void An_exact_answer_is_asked_after_eight_examples()
    {
        TaskItem item = ComparisonTask.Load("gsm8k", TestData.Path("eval/gsm8k.jsonl"), 1).Items.Single();
        Assert.Equal(9, item.Prompt.Split("Q: ").Length - 1);
        Assert.StartsWith("Q: There are 15 trees in the grove.", item.Prompt);
        Assert.EndsWith("the farmers' market?\nA:", item.Prompt);
        Assert.Equal("18", item.Answer);
    }

    [Fact]
    public void The_last_word_begins_with_its_space()
    {
        TaskItem item = ComparisonTask.Load("lambada", TestData.Path("eval/lambada.jsonl"), null).Items[0];
        Assert.EndsWith("I don't care about", item.Prompt);
        Assert.Equal([" signs"], item.Choices);
    }

    [Theory]
    [InlineData("That makes 9 * 2 = 18. The answer is 18.", "18", true, true)]
    [InlineData("The answer is 1,800 dollars", "1800", true, true)]
    [InlineData("The answer is $18.", "18", false, true)]
    [InlineData("The answer is -5.\n\n", "-5", true, true)]
    [InlineData("The answer is 17. No, 18", "18", false, true)]
    [InlineData("so it is 3 and then 7", "7", false, true)]
    [InlineData("nothing at all", "7", false, false)]
    public void Answers_are_matched_as_the_harness_matches_them(string text, string answer, bool strict, bool flexible) =>
        Assert.Equal((strict, flexible), (AnswerMatch.Strict(text, answer), AnswerMatch.Flexible(text, answer)));

    [Theory]
    [InlineData(" 0.576\n\nQuestion: next", "0.576", true)]
    [InlineData(" 1 2\n3 4 \n", "1 2\n3 4", true)]
    [InlineData(" 1 2\n3 5", "1 2\n3 4", false)]
    [InlineData(" 0.5761", "0.576", false)]
    [InlineData(" It is 0.576", "0.576", false)]
    [InlineData("", "0.576", false)]
    public void An_exact_answer_is_the_first_lines_and_nothing_else(string text, string answer, bool right) => Assert.Equal(right, AnswerMatch.Exact(text, answer));

    [Fact]
    public void Questions_with_exact_answers_are_documents_up_to_the_last_answer()
    {
        using TempFolder folder = new();
        string file = folder.Write("reasoning.txt", "Question: 1 + 1?\nAnswer: 2\n\f\nQuestion: Copy.\nAnswer: no\nAnswer: 1 2\n3 4\n\f\n"u8);
        TaskItem[] items = [.. ComparisonTask.Load("exact", file, null).Items];
        Assert.Equal([("Question: 1 + 1?\nAnswer:", "2"), ("Question: Copy.\nAnswer: no\nAnswer:", "1 2\n3 4")], items.Select(item => (item.Prompt, item.Answer)));

        string many = folder.Write("many.txt", Encoding.UTF8.GetBytes(string.Join("\f\n", Enumerable.Range(0, 10).Select(i => $"Question: {i}?\nAnswer: {i}\n"))));
        Assert.Equal(["0", "3", "6"], ComparisonTask.Load("exact", many, 3).Items.Select(item => item.Answer));
    }

    [Fact]
    public void What_the_model_writes_itself_is_its_exact_answer()
    {
        using TempFolder folder = new();
        using LanguageModel model = Load(8);
        string Written(string prompt)
        {
            return string.Concat(model.Generate(Ids(model, prompt), new() { MaxTokens = 60, Sampling = new() { Temperature = 0 } }, Cancellation).ToBlockingEnumerable().Select(piece => piece.Text)).Split('\n')[0].Trim();
        }

        // It writes stories and ends a paragraph some time: only a whole line is an answer.
        string[] prompts = ["Question: Who?\nAnswer:", "Question: Where did Lily go?\nAnswer:"];
        string file = folder.Write("exact.txt", Encoding.UTF8.GetBytes(string.Join("\n\f\n", [.. prompts.Select(prompt => $"{prompt} {Written(prompt)}"), "Question: Who?\nAnswer: Nobody"])));
        ComparisonTask task = ComparisonTask.Load("exact", file, null);
        using TaskJudge judge = new(new("test", model));
        double[] values = [.. task.Items.Select(item => judge.Ask(task.Kind, item, Cancellation).Values.Single())];
        bool[] whole = [.. task.Items.Take(2).Select(item => Ids(model, item.Answer).Length < 55)];
        Assert.Equal([whole[0] ? 1 : 0, whole[1] ? 1 : 0, 0], values);
        Assert.Contains(true, whole);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(1)]
    public void A_continuation_is_as_likely_as_its_tokens_after_the_text(int logitRows)
    {
        using LanguageModel model = Load(logitRows, "cache.format=f32"), scorer = Load(logitRows, "cache.format=f32");
        const string Text = "Once upon a time there was a";
        string[] continuations = [" little girl", " little dog named Spot", " tree"];
        (Continuation[] scores, long flops) = new ContinuationScorer(new("test", model)).Score(Text, continuations, Cancellation);
        int first = Ids(model, Text).Length;
        foreach ((string continuation, Continuation score) in continuations.Zip(scores))
        {
            int[] ids = Ids(model, Text + continuation);
            double expected = -new TextScorer(scorer).Score(ids, cancellation: Cancellation).Losses.Skip(first - 1).Sum(loss => (double)loss);
            // 1e-4: other chunks of the same text; losses are rounded to float there.
            Assert.Equal(expected, score.LogLikelihood, 1e-4);
        }

        Assert.True(flops > 0);
    }

    [Fact]
    public void A_continuation_is_greedy_if_the_model_would_have_written_it()
    {
        using LanguageModel model = Load(8);
        int[] prompt = Ids(model, "Once upon a time");
        string written = string.Concat(model.Generate(prompt, new() { MaxTokens = 6, Sampling = new() { Temperature = 0 } }, Cancellation).ToBlockingEnumerable().Select(piece => piece.Text));
        ContinuationScorer scorer = new(new("test", model));
        Assert.True(scorer.Score("Once upon a time", [written], Cancellation).Continuations[0].IsGreedy);
        Assert.False(scorer.Score("Once upon a time", [" zebra"], Cancellation).Continuations[0].IsGreedy);
    }

    [Fact]
    public void A_question_longer_than_the_context_loses_its_beginning()
    {
        using LanguageModel model = Load(8, "context=32");
        ContinuationScorer scorer = new(new("test", model));
        string text = string.Concat(Enumerable.Repeat("Once upon a time there was a dog. ", 20));
        Assert.True(double.IsFinite(scorer.Score(text + "The", [" dog", " cat"], Cancellation).Continuations[1].LogLikelihood));
    }

    [Fact]
    public void Every_task_gives_the_same_pipeline_the_same_figures_and_goes_on_where_it_was()
    {
        using TempFolder folder = new();
        using LanguageModel a = Load(8), b = Load(8, "attention.activations=q8");
        ComparedPipeline[] pipelines = [new("a", a), new("b", b)];
        ComparedText[] texts = [ComparedText.OfFile(TestData.Path("smollm2/chat.txt"))];
        ComparisonSettings settings = new() { Window = new() { Tokens = 16 }, Speed = null };
        ComparisonTask[] tasks = [.. new[] { ("arc-easy", "arc-easy.json"), ("lambada", "lambada.jsonl"), ("gsm8k", "gsm8k.jsonl") }.Select(task => ComparisonTask.Load(task.Item1, TestData.Path("eval/" + task.Item2), task.Item1 == "gsm8k" ? 1 : 6))];
        ComparisonResult whole = new ComparisonRun(pipelines, texts, settings, null, new(tasks, [])).Run(Cancellation);

        StateFile state = new(Path.Combine(folder.Path, "state"));
        using CancellationTokenSource stop = new();
        ComparisonRun interrupted = new(pipelines, texts, settings, state, new(tasks, [])) { Progress = (part, done) => { if (part == 2 && done > 0.4) stop.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => interrupted.Run(stop.Token));
        ComparisonResult resumed = new ComparisonRun(pipelines, texts, settings, state, new(tasks, [])).Run(Cancellation);

        foreach ((TaskResult one, TaskResult other) in whole.Tasks.Zip(resumed.Tasks))
        {
            Assert.Equal(one.Pipelines.SelectMany(figures => figures.Metrics), other.Pipelines.SelectMany(figures => figures.Metrics));
            Assert.All(one.Pipelines, figures => Assert.True(figures.ComputeUnitsPerItem > 0));
            Assert.All(one.Pipelines[0].Metrics, metric => Assert.Equal(metric.Name == "perplexity" ? 1 : 0, metric.AgainstFirst.Value));
        }

        Assert.Equal([6, 6, 1], whole.Tasks.Select(task => task.Items));
    }

    [Theory]
    [InlineData("arc", "{}", "'arc' is not a kind of task")]
    [InlineData("exact", "Question: 1?\nAnswer: 1\n\f\nOnce upon a time.", "document 2: expected a question and a line that begins with 'Answer:'")]
    [InlineData("exact", "Question: 1?\nAnswer:\n", "document 1: expected a question")]
    [InlineData("exact", "", "contains no questions")]
    [InlineData("lambada", "", "contains no questions")]
    [InlineData("lambada", "{\"text\": ", "expected JSON")]
    [InlineData("lambada", "{\"text\": \"one\"}", "a single word")]
    [InlineData("lambada", "{\"txt\": \"one two\"}", "question 1: expected text")]
    [InlineData("lambada", "[1]", "question 1: expected text")]
    [InlineData("gsm8k", "{\"question\": \"Q\"}", "expected question and answer")]
    [InlineData("arc-easy", "{\"question\":\"Q?\",\"choices\":{\"text\":[\"one\"],\"label\":[\"A\"]},\"answerKey\":\"B\"}", "none of the choices")]
    [InlineData("arc-easy", "{\"instruction\":\"What?\",\"answer\":\"answer1\"}", "another form")]
    [InlineData("arc-easy", "{\"instruction\":\"the question: Q\\n\\nAnswer1: a Answer2: b\\n\\nAnswer format: x\",\"answer\":\"answer99999999999\"}", "must be 'answer' and a number")]
    [InlineData("arc-easy", "{\"instruction\":\"the question: Q\\n\\nAnswer1: a Answer2: b\\n\\nAnswer format: x\",\"answer\":\"2\"}", "must be 'answer' and a number")]
    [InlineData("arc-easy", "{\"instruction\":\"the question: Q\\n\\nAnswer1: a Answer2: b\\n\\nAnswer format: x\",\"answer\":\"answer3\"}", "none of the choices")]
    public void A_file_that_is_no_such_task_is_refused(string kind, string content, string why)
    {
        using TempFolder folder = new();
        string file = folder.Write("task.json", Encoding.UTF8.GetBytes(content));
        Assert.Contains(why, Assert.Throws<ComparisonException>(() => ComparisonTask.Load(kind, file, null)).Message);
    }

    private static int[] Ids(LanguageModel model, string text) => model.Tokenizer.Encode(text, addSpecial: true, parseSpecial: false);

    private static LanguageModel Load(int logitRows, params string[] edits) => LanguageModel.Load(
        PipelineDocument.Load(null, ["context=512", "attention.activations=f32", "experts.activations=f32", "head.activations=f32", .. edits]),
        CpuPipeline.Plugins,
        new() { DefaultModel = Stories, Threads = 2, LogitRows = logitRows });
}
