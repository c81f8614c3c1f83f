using System.Buffers.Binary;
using System.Text.Json;

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
    public void Score_writes_ids_and_logits_from_which_its_loss_follows()
    {
        using TempFolder folder = new();
        string logits = folder.File("logits"), tokens = folder.File("tokens");
        JsonElement json = Spud.Run("score", "-m", s_model, "-f", s_text, "--logits", logits, "--tokens", tokens, "--json").Succeeded().Json;
        int[] ids = Ints(File.ReadAllBytes(tokens));
        float[] rows = Floats(File.ReadAllBytes(logits));
        int vocabulary = rows.Length / ids.Length;
        double loss = Enumerable.Range(0, ids.Length - 1).Average(row => Loss(rows.AsSpan(row * vocabulary, vocabulary), ids[row + 1]));

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
            Assert.True(json.GetProperty("prefill").GetDouble() > 0);
            Assert.True(json.GetProperty("decode").GetDouble() > 0);
            Assert.Equal([i + 1, 20, 5, 3, 2, 2], new[] { "repeat", "prompt", "generate", "depth", "batch", "threads" }.Select(name => json.GetProperty(name).GetInt32()));
        }
    }

    [Fact]
    public void Bench_in_a_context_that_is_too_small_is_refused() =>
        Spud.Run("bench", "-m", s_model, "--ctx", "10", "--prompt", "20").Refused(2, "at least 64", "10");

    private static double Loss(ReadOnlySpan<float> logits, int token)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - (double)logits[token]);

        return Math.Log(sum);
    }

    private static int[] Ints(byte[] bytes) => [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i)))];

    private static float[] Floats(byte[] bytes) => [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i)))];
}
