using System.Buffers.Binary;
using System.Text.Json;
using Spud.Models;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>tokenize, score and bench.</summary>
public sealed class DataTests
{
    private static readonly string s_model = TestData.Path("quantised/base-q8_0.gguf");
    private static readonly string s_text = TestData.Path("quantised/prompt.txt");

    private static int[] ExpectedIds => Ints(File.ReadAllBytes(TestData.Path("quantised/prompt.tokens.bin")));

    [Fact]
    public void Tokenize_gives_the_ids_of_the_peer()
    {
        JsonElement json = Spud.Run("tokenize", "-m", s_model, "-f", s_text, "--json").Succeeded().Json;
        Assert.Equal(ExpectedIds, json.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(ExpectedIds.Length, json.GetProperty("tokens").GetInt32());
    }

    [Fact]
    public void Tokenize_prints_a_line_a_token_and_markup_as_it_is()
    {
        string[] lines = Spud.Run("tokenize", "[red]\nx").Succeeded().Output.TrimEnd('\n').Split('\n');
        Assert.Equal("[red]\\nx", string.Concat(lines.Select(line => line[10..])));
    }

    [Fact]
    public void The_text_of_a_control_token_is_text_unless_the_user_says_otherwise()
    {
        Assert.Equal(1, Spud.Run("tokenize", "--parse-special", "--json", "<|im_start|>").Succeeded().Json.GetProperty("tokens").GetInt32());
        Assert.True(Spud.Run("tokenize", "--json", "<|im_start|>").Succeeded().Json.GetProperty("tokens").GetInt32() > 1);
    }

    [Fact]
    public void Measured_text_has_no_control_tokens_unless_the_user_says_otherwise()
    {
        const string Html = "The tag <s>old</s> and <unk> word";
        Assert.Equal(24, Spud.Run("score", "-m", Spud.Stories, "--json", Html).Succeeded().Json.GetProperty("tokens").GetInt32());
        Assert.Equal(18, Spud.Run("score", "-m", Spud.Stories, "--parse-special", "--json", Html).Succeeded().Json.GetProperty("tokens").GetInt32());
    }

    [Fact]
    public void Tokenize_shows_the_bytes_of_a_piece_that_is_not_a_whole_character()
    {
        string output = Spud.Run("tokenize", "鬱").Succeeded().Output;
        Assert.DoesNotContain("\uFFFD", output);
        Assert.Contains("\\x", output);
    }

    [Fact]
    public void A_text_beyond_the_context_is_refused_with_the_ways_out() =>
        Spud.Run("score", "-m", Spud.Stories, "--ctx", "4", "Once upon a time there was a girl").Refused(2, "--max-tokens 4", "--ctx", "spud compare");

    [Fact]
    public void A_perplexity_that_is_not_a_number_is_a_failure_and_null_in_json()
    {
        using TempFolder folder = new();
        Outcome outcome = Spud.Run("score", "-m", DamagedModel(folder), "hello", "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(JsonValueKind.Null, outcome.Json.GetProperty("perplexity").ValueKind);
        Assert.Contains("is not a number", outcome.Json.GetProperty("reason").GetString());
        Assert.Contains("nan.gguf: no perplexity", Assert.Single(outcome.Faults));
    }

    [Fact]
    public void A_comparison_with_such_a_model_fails_too_and_still_gives_what_it_measured()
    {
        using TempFolder folder = new();
        Outcome outcome = Spud.Run("compare", "-m", DamagedModel(folder), "-f", s_text, "--vary", "cache.format=f32,f16", "--window", "8", "--repeat", "0", "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(JsonValueKind.Null, outcome.Json.GetProperty("result").GetProperty("pipelines")[0].GetProperty("quality").GetProperty("perplexity").GetProperty("value").ValueKind);
        Assert.Contains("no perplexity", outcome.Json.GetProperty("reason").GetString());
    }

    [Fact]
    public void A_calibration_on_such_a_model_fails_and_writes_nothing()
    {
        using TempFolder folder = new();
        string model = DamagedModel(folder, TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf")), output = folder.File("out.json");
        Spud.Run("calibrate", "-m", model, "-f", s_text, "--experts", "1.5", "-o", output).Refused(1, "no perplexity");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void Bench_decodes_more_sequences_than_a_prompt_step_has_rows() =>
        Spud.Run("bench", "-m", Spud.Stories, "--prompt", "8", "--generate", "2", "--repeat", "1", "--batch", "600").Succeeded();

    [Fact]
    public void Bench_does_not_raise_the_context_beyond_what_the_model_was_made_for_by_itself() =>
        Spud.Run("bench", "-m", Spud.Stories, "--generate", "9000").Refused(2, "9000 tokens of context", "trained for 512", "--ctx 9000");

    [Theory]
    [InlineData("bench", "--prompt")]
    [InlineData("compare", "--prompt")]
    [InlineData("compare", "--window")]
    public void A_number_of_tokens_that_no_sum_can_hold_is_refused(string command, string option) => Spud.Run(command, option, "2147483647").Refused(2, option, "expected");

    [Fact]
    public void A_measurement_says_that_the_budget_of_a_pipeline_does_not_limit_it() =>
        Assert.Contains("does not limit this command", Spud.Run("score", "-m", s_model, "-f", s_text, "--set", "budget.computeUnits=0.0001").Succeeded().Error);

    [Fact]
    public void Score_writes_ids_and_logits_from_which_its_loss_follows()
    {
        using TempFolder folder = new();
        string logits = folder.File("logits"), tokens = folder.File("tokens"), losses = folder.File("losses");
        JsonElement json = Spud.Run("score", "-m", s_model, "-f", s_text, "--logits", logits, "--tokens", tokens, "--losses", losses, "--json").Succeeded().Json;
        int[] ids = Ints(File.ReadAllBytes(tokens));
        float[] rows = Floats(File.ReadAllBytes(logits));
        int vocabulary = rows.Length / ids.Length;
        double loss = Enumerable.Range(0, ids.Length - 1).Average(row => Loss(rows.AsSpan(row * vocabulary, vocabulary), ids[row + 1]));

        Assert.Equal(ids.Length - 1, Floats(File.ReadAllBytes(losses)).Length);
        Assert.Equal(loss, Floats(File.ReadAllBytes(losses)).Average(static nats => (double)nats), 1e-5);
        Assert.Equal(ExpectedIds, ids);
        Assert.Equal(ids.Length, json.GetProperty("tokens").GetInt32());
        Assert.Equal(loss, json.GetProperty("meanLoss").GetDouble(), 1e-5);
        Assert.Equal(Math.Exp(loss), json.GetProperty("perplexity").GetDouble(), 1e-3);
    }

    [Fact]
    public void Score_may_be_cut_to_the_first_tokens() =>
        Assert.StartsWith("5 tokens, mean loss ", Spud.Run("score", "-m", s_model, "-f", s_text, "--max-tokens", "5").Succeeded().Output);

    [Fact]
    public void Score_of_a_text_that_predicts_nothing_is_refused() => Spud.Run("score", "-m", s_model, "").Refused(2, "at least 2");

    [Fact]
    public void A_full_disk_is_one_error_and_leaves_the_device_alone()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("needs /dev/full (Linux)");

        using TempFolder folder = new();
        string tokens = folder.File("tokens");
        Spud.Run("score", "-m", s_model, "-f", s_text, "--logits", "/dev/full", "--tokens", tokens).Refused(1, "/dev/full", "No space left");
        Assert.True(File.Exists("/dev/full"));
        Assert.False(File.Exists(tokens));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_refused() =>
        Spud.Run("score", "-m", s_model, "-f", s_text, "--logits", "/nowhere/at/all").Refused(2, "/nowhere/at/all", "cannot be written");

    [Fact]
    public void Bench_prints_one_object_a_repeat()
    {
        string[] lines = Spud.Run("bench", "-m", s_model, "--prompt", "20", "--generate", "5", "--depth", "3", "--batch", "2", "--repeat", "3", "--threads", "2", "--json").Succeeded().Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            JsonElement json = JsonDocument.Parse(lines[i]).RootElement;
            Assert.True(json.GetProperty("prefillTokensPerSecond").GetDouble() > 0);
            Assert.True(json.GetProperty("decodeTokensPerSecond").GetDouble() > 0);
            Assert.Equal([i + 1, 20, 5, 3, 2, 2], new[] { "repeat", "promptTokens", "generatedTokens", "depthTokens", "sequences", "threads" }.Select(name => json.GetProperty(name).GetInt32()));
        }
    }

    [Fact]
    public void Bench_in_a_context_that_is_too_small_is_refused() =>
        Spud.Run("bench", "-m", s_model, "--ctx", "10", "--prompt", "20").Refused(2, "needs 64 tokens of context", "the pipeline has 10");

    private static double Loss(ReadOnlySpan<float> logits, int token)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - (double)logits[token]);

        return Math.Log(sum);
    }

    private static int[] Ints(byte[] bytes) => [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i)))];

    private static float[] Floats(byte[] bytes) => [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i)))];

    // One weight of the last norm is not a number, and so is every logit.
    private static string DamagedModel(TempFolder folder, string? of = null)
    {
        string path = folder.Write("nan.gguf", File.ReadAllBytes(of ?? Spud.Stories));
        long offset;
        using (GgufFile model = GgufFile.Open(path))
            offset = model.Tensors.Single(tensor => tensor.Name == "output_norm.weight").Offset;

        using FileStream file = File.OpenWrite(path);
        file.Position = offset;
        file.Write(BitConverter.GetBytes(float.NaN));
        return path;
    }
}
