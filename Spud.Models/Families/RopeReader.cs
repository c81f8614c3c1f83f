using System.Collections.Immutable;

namespace Spud.Models.Families;

/// <summary>Resolves a file's RoPE keys, scaling included, into one factor per pair.</summary>
internal static class RopeReader
{
    /// <summary>The rotary embedding of layers without a window, and of those with one.</summary>
    /// <param name="file">The model.</param>
    /// <param name="family">Its family.</param>
    /// <param name="keyWidth">D: the rotated width of a file that states none.</param>
    /// <param name="frequencyFactors">[width / 2] of <c>rope_freqs.weight</c>, or empty.</param>
    public static (Rope Global, Rope Local) Read(GgufFile file, Family family, int keyWidth, ImmutableArray<float> frequencyFactors)
    {
        GgufMetadata metadata = file.Metadata;
        string prefix = family.Architecture + ".rope.";
        int width = metadata.TryGetInt(prefix + "dimension_count", out int count, 2, keyWidth) ? count : keyWidth;
        float frequencyBase = metadata.TryGetFloat(prefix + "freq_base", out float stated) ? stated : 10_000;
        if (width % 2 != 0 || !(frequencyBase > 0))
            throw new ModelFileException($"{file.Path}: RoPE needs an even width and a positive base, got {width} and {frequencyBase}.");
        if (!frequencyFactors.IsEmpty && frequencyFactors.Length != width / 2)
            throw new ModelFileException($"{file.Path}: tensor 'rope_freqs.weight': expected {width / 2} factors, got {frequencyFactors.Length}.");

        Rope plain = new() { Interleaved = family.InterleavedRope, Width = width, Base = frequencyBase, Factors = frequencyFactors };
        Rope global = Scale(plain, file, prefix);
        float localBase = metadata.TryGetFloat(prefix + "freq_base_swa", out float swa) ? swa : family.WindowRopeBase ?? frequencyBase;
        Rope local = family.WindowRopeBase is null && localBase == frequencyBase
            ? global
            : new() { Interleaved = plain.Interleaved, Width = width, Base = localBase, Factors = frequencyFactors };
        return (global, local);
    }

    private static Rope Scale(Rope rope, GgufFile file, string prefix)
    {
        GgufMetadata metadata = file.Metadata;
        string kind = metadata.TryGetString(prefix + "scaling.type", out string? type) ? type : "linear";
        bool stated = metadata.TryGetFloat(prefix + "scaling.factor", out float factor) || metadata.TryGetFloat(prefix + "scale_linear", out factor);
        float magnitude = metadata.TryGetFloat(prefix + "scaling.attn_factor", out float attention) ? attention : 1;
        RequireUsualMix(file, prefix, kind);

        // YaRN sets this factor itself (llama.cpp, src/llama-context.cpp); elsewhere it counts.
        if (metadata.TryGetFloat(prefix + "scaling.yarn_attn_factor", out float yarn) && kind != "yarn")
            magnitude *= yarn;
        if (stated && !(factor > 0))
            throw new ModelFileException($"{file.Path}: {prefix}scaling.factor: expected a positive number, got {factor}.");

        metadata.Ignore(prefix + "scaling.finetuned");
        if (kind == "none" || !stated)
            return With(rope, static (_, factor) => factor, magnitude);

        return kind switch
        {
            "linear" => With(rope, (_, before) => before * factor, magnitude),
            "yarn" => Yarn(rope, file, prefix, factor, magnitude),
            _ => throw new ModelFileException($"{file.Path}: {prefix}scaling.type '{kind}' is not known. Known: none, linear, yarn."),
        };
    }

    // How much of YaRN's ramp counts: all of it with YaRN, nothing without.
    private static void RequireUsualMix(GgufFile file, string prefix, string kind)
    {
        string key = prefix + "scaling.yarn_ext_factor";
        int usual = kind == "yarn" ? 1 : 0;
        if (file.Metadata.TryGetFloat(key, out float mix) && mix >= 0 && mix != usual)
            throw new ModelFileException($"{file.Path}: {key}: expected {usual} with scaling '{kind}', got {mix}.");
    }

    /// <summary>
    /// YaRN (Peng et al., arXiv:2309.00071, section 3.2): pairs that turn often within the original context keep their angle, pairs
    /// that never turn once are interpolated, with a linear ramp between the two.
    /// </summary>
    private static Rope Yarn(Rope rope, GgufFile file, string prefix, float factor, float magnitude)
    {
        GgufMetadata metadata = file.Metadata;
        string context = prefix[..^"rope.".Length] + "context_length";
        int original = metadata.TryGetInt(prefix + "scaling.original_context_length", out int stated, 1) ? stated : metadata.RequireInt(context, 1);
        float fast = metadata.TryGetFloat(prefix + "scaling.yarn_beta_fast", out float quick) ? quick : 32;
        float slow = metadata.TryGetFloat(prefix + "scaling.yarn_beta_slow", out float lazy) ? lazy : 1;
        float low = MathF.Max(0, MathF.Floor(PairThatTurns(fast))), high = MathF.Min(rope.Width - 1, MathF.Ceiling(PairThatTurns(slow)));
        return With(rope, Interpolate, magnitude * (1 + 0.1f * MathF.Log(factor)));

        float PairThatTurns(float times) => rope.Width * MathF.Log(original / (times * 2 * MathF.PI)) / (2 * MathF.Log(rope.Base));

        float Interpolate(int pair, float before)
        {
            float kept = 1 - Math.Clamp((pair - low) / MathF.Max(0.001f, high - low), 0, 1);
            return before / ((1 - kept) / factor + kept);
        }
    }

    private static Rope With(Rope rope, Func<int, float, float> factorOf, float magnitude)
    {
        ImmutableArray<float> factors = [.. Enumerable.Range(0, rope.Width / 2).Select(pair => factorOf(pair, rope.Factors.IsEmpty ? 1 : rope.Factors[pair]))];
        return new()
        {
            Interleaved = rope.Interleaved,
            Width = rope.Width,
            Base = rope.Base,
            Factors = factors.All(factor => factor == 1) ? [] : factors,
            Magnitude = magnitude,
        };
    }
}
