using System.Collections.Frozen;

namespace Spud.Models.Families;

/// <summary>
/// The supported architectures. The data are from the models' papers and configurations as llama.cpp reads them from GGUF
/// (src/models/*.cpp, MIT); numbers omitted by files are given here with their source.
/// </summary>
internal static class KnownFamilies
{
    private static readonly FrozenDictionary<string, Family> s_families = All().ToFrozenDictionary(family => family.Architecture);

    public static IEnumerable<string> Names => s_families.Keys.Order(StringComparer.Ordinal);

    /// <exception cref="ModelFileException">The architecture is unknown.</exception>
    public static Family Of(string architecture, string file) =>
        s_families.TryGetValue(architecture, out Family? family)
            ? family
            : throw new ModelFileException($"{file}: architecture '{architecture}' is not known. Known: {string.Join(", ", Names)}.");

    private static IEnumerable<Family> All()
    {
        // Mixtral is a llama with experts (arXiv:2401.04088): softmax, top-2, renormalised.
        yield return new()
        {
            Architecture = "llama",
            InterleavedRope = true,
            Mixture = true,
            Traits = [(Trait.Renormalise, 1)],
            TensorTraits = [(Trait.ProjectionBias, "attn_q.bias"), (Trait.OutputBias, "attn_output.bias"), (Trait.ExpertBias, "ffn_gate.bias")],
        };
        yield return new()
        {
            Architecture = "qwen2",
            Traits = [(Trait.ProjectionBias, 1)],
            TensorTraits = [(Trait.OutputBias, "attn_output.bias")],
        };
        yield return new() { Architecture = "qwen3", Traits = [(Trait.HeadNorm, 1)] };
        yield return new()
        {
            Architecture = "qwen2moe",
            Mixture = true,
            Traits = [(Trait.ProjectionBias, 1), (Trait.SharedGate, 1)],
            KeyTraits = [new(Trait.SharedExpert, "expert_shared_feed_forward_length", Required: true)],
            ExpertWidthKey = "expert_feed_forward_length",
        };
        yield return new()
        {
            Architecture = "qwen3moe",
            Mixture = true,
            Traits = [(Trait.HeadNorm, 1), (Trait.Renormalise, 1)],
            ExpertWidthKey = "expert_feed_forward_length",
        };
        yield return new() { Architecture = "olmoe", Mixture = true, Traits = [(Trait.FullNorm, 1)] };
        yield return Granite("granite");
        yield return Granite("granitemoe") with
        {
            Mixture = true,
            Traits = [(Trait.Renormalise, 1)],
            ExpertWidthKey = "expert_feed_forward_length",
        };

        // Gemma 3 (arXiv:2503.19786): five local layers to one global one, local RoPE base 10,000; only the 27B model, which has 62
        // layers, scales scores by (C / H)^-1/2 (google/gemma_pytorch, config.py).
        yield return new()
        {
            Architecture = "gemma3",
            Traits = [(Trait.HeadNorm, 1), (Trait.AttentionPostNorm, 1), (Trait.ExpertPostNorm, 1), (Trait.Gelu, 1)],
            ScalesEmbedding = true,
            WindowPeriod = 6,
            WindowRopeBase = 10_000,
            ScoreScales = [(62, static (width, heads) => MathF.Pow(width / heads, -0.5f))],
        };

        // gpt-oss (arXiv:2508.10925): windows in every other layer starting with the first, sinks, SwiGLU clamped at 7; softmax over the chosen
        // experts' scores, which equals softmax over all, selection and renormalisation.
        yield return new()
        {
            Architecture = "gpt-oss",
            Mixture = true,
            Traits =
            [
                (Trait.ProjectionBias, 1), (Trait.OutputBias, 1), (Trait.Sinks, 1), (Trait.GateBias, 1), (Trait.Renormalise, 1),
                (Trait.ExpertBias, 1), (Trait.ClampedSwiGlu, 7),
            ],
            WindowPeriod = 2,
            ExpertWidthKey = "expert_feed_forward_length",
            Renames = [("post_attention_norm.weight", "ffn_norm.weight")],
        };
    }

    private static Family Granite(string architecture) => new()
    {
        Architecture = architecture,
        InterleavedRope = true,
        KeyTraits =
        [
            new(Trait.LogitScale, "logit_scale", Inverse: true, Required: true),
            new(Trait.EmbeddingScale, "embedding_scale"),
            new(Trait.AttentionResidualScale, "residual_scale"),
            new(Trait.ExpertResidualScale, "residual_scale"),
            new(Trait.ScoreScale, "attention.scale"),
            new(Trait.SharedExpert, "expert_shared_feed_forward_length"),
        ],
        TensorTraits = [(Trait.ProjectionBias, "attn_q.bias"), (Trait.OutputBias, "attn_output.bias"), (Trait.ExpertBias, "ffn_gate.bias")],
    };
}
