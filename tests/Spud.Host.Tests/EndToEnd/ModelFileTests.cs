
namespace Spud.Host.Tests.EndToEnd;

/// <summary>What model files say: read what has a meaning, ignore what has none, refuse the rest.</summary>
public sealed class ModelFileTests
{
    private const uint F32 = 0;
    private const uint Q8_1 = 9;
    private static readonly string s_mixture = TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf");

    public static TheoryData<bool, string, object> Harmless =>
    [
        (false, "llama.attention.head_count", new int[] { 8, 8, 8, 8, 8 }),
        (false, "llama.attention.head_count_kv", new int[] { 4, 4, 4, 4, 4 }),
        (false, "llama.feed_forward_length", new int[] { 172, 172, 172, 172, 172 }),
        (false, "llama.vocab_size", 511),
        (false, "llama.expert_gating_func", 1),
        (true, "llama.expert_gating_func", 1),
        (true, "llama.expert_gating_func", 3),
        (false, "llama.rope.scaling.yarn_attn_factor", 1f),
        (false, "llama.rope.scaling.yarn_ext_factor", 0f),
    ];

    [Theory]
    [MemberData(nameof(Harmless))]
    public void A_key_that_changes_nothing_is_no_reason_to_refuse(bool mixture, string key, object value)
    {
        using TempFolder folder = new();
        string original = mixture ? s_mixture : Spud.Stories;
        string edited = folder.Write("edited.gguf", EditedModel.With(original, (key, value)));
        Assert.Equal(Loss(original), Loss(edited));
    }

    public static TheoryData<bool, string, object, string> Harmful =>
    [
        (false, "llama.attention.head_count_kv", new int[] { 4, 4, 4, 4, 8 }, "the same for every layer, got 4, 8"),
        (true, "llama.expert_gating_func", 2, "softmax"),
        (false, "llama.rope.scaling.yarn_ext_factor", 0.5f, "yarn_ext_factor: expected 0"),
        (false, "llama.attention.layer_norm_rms_epsilon", -0.1f, "layer_norm_rms_epsilon: expected 0 or more, got -0.1"),
        (false, "llama.attention.key_length", 1 << 30, "'blk.0.attn_q.weight' has 64 rows, expected 8 heads of 1073741824"),
        (false, "llama.attention.key_length", (1 << 29) + 8, "expected 8 heads of 536870920"),
    ];

    [Theory]
    [MemberData(nameof(Harmful))]
    public void A_key_that_would_be_computed_wrongly_is_refused_at_once(bool mixture, string key, object value, string message)
    {
        using TempFolder folder = new();
        string edited = folder.Write("edited.gguf", EditedModel.With(mixture ? s_mixture : Spud.Stories, (key, value)));
        Spud.Run("score", "-m", edited, "Once upon a time").Refused(2, message);
    }

    [Fact]
    public void Biases_of_a_dense_layer_are_added()
    {
        using TempFolder folder = new();
        string none = folder.Write("none.gguf", WithBiases(0)), some = folder.Write("some.gguf", WithBiases(0.1f));
        Assert.Equal(Loss(Spud.Stories), Loss(none));
        Assert.NotEqual(Loss(none), Loss(some));
    }

    [Fact]
    public void Two_tensors_for_one_weight_are_refused_by_name()
    {
        using TempFolder folder = new();
        byte[] model = EditedModel.With(File.ReadAllBytes(Spud.Stories), [("blk.0.ffn_gate_exps.weight", F32, [64, 172, 1], new byte[4 * 64 * 172])]);
        Spud.Run("score", "-m", folder.Write("twice.gguf", model), "Once").Refused(2, "'blk.0.ffn_gate.weight'", "'blk.0.ffn_gate_exps.weight'");
    }

    [Fact]
    public void A_tensor_of_a_type_that_holds_no_weights_is_refused_before_anything_is_computed()
    {
        using TempFolder folder = new();
        byte[] model = EditedModel.With(File.ReadAllBytes(Spud.Stories), [("blk.0.more.weight", Q8_1, [32, 1], new byte[36])]);
        Spud.Run("score", "-m", folder.Write("q8_1.gguf", model), "Once").Refused(2, "'blk.0.more.weight' is Q8_1");
    }

    private static byte[] WithBiases(float value)
    {
        byte[] Data(int count) => [.. Enumerable.Repeat(BitConverter.GetBytes(value), count).SelectMany(bytes => bytes)];
        return EditedModel.With(File.ReadAllBytes(Spud.Stories),
        [
            .. Enumerable.Range(0, 5).SelectMany<int, (string, uint, ulong[], byte[])>(layer =>
            [
                ($"blk.{layer}.ffn_gate.bias", F32, [172], Data(172)),
                ($"blk.{layer}.ffn_up.bias", F32, [172], Data(172)),
                ($"blk.{layer}.ffn_down.bias", F32, [64], Data(64)),
            ]),
        ]);
    }

    private static double Loss(string model) => Spud.Run("score", "-m", model, "--json", "Once upon a time there was a girl").Succeeded().Json.GetProperty("meanLoss").GetDouble();
}
