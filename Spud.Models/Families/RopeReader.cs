using System.Collections.Immutable;

namespace Spud.Models.Families;

/// <summary>Resolves a file's RoPE keys, including scaling, into one factor per pair.</summary>
internal static class RopeReader
{
    /// <summary>The rotary embedding of layers without a window, and of those with one.</summary>
    /// <param name="file">The model.</param>
    /// <param name="family">Its family.</param>
    /// <param name="keyWidth">D: the default of the rotated width.</param>
    /// <param name="frequencyFactors">[width / 2] of <c>rope_freqs.weight</c>, or empty.</param>
    /// <param name="chosen">Scaling that replaces the file's, for layers without a window; null to use the file's.</param>
    public static (Rope Global, Rope Local) Read(GgufFile file, Family family, int keyWidth, ImmutableArray<float> frequencyFactors, RopeScaling? chosen)
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
        RopeScaling own = ScalingOf(file, prefix);
        float magnitude = MagnitudeOf(metadata, prefix, own.Kind);
        Rope global = Scale(plain, chosen ?? own, magnitude);
        float localBase = metadata.TryGetFloat(prefix + "freq_base_swa", out float swa) ? swa : family.WindowRopeBase ?? frequencyBase;

        // No distance exceeds a window, however long the text is: a pipeline's scaling does not apply to these layers.
        Rope local = family.WindowRopeBase is null && localBase == frequencyBase
            ? chosen is null ? global : Scale(plain, own, magnitude)
            : new() { Interleaved = plain.Interleaved, Width = width, Base = localBase, Factors = frequencyFactors };
        return (global, local);
    }

    /// <summary>The scaling stated in a file.</summary>
    public static RopeScaling ScalingOf(GgufFile file, string prefix)
    {
        GgufMetadata metadata = file.Metadata;
        string type = metadata.TryGetString(prefix + "scaling.type", out string? said) ? said : "linear";
        bool stated = metadata.TryGetFloat(prefix + "scaling.factor", out float factor) || metadata.TryGetFloat(prefix + "scale_linear", out factor);
        if (stated && !(factor > 0))
            throw new ModelFileException($"{file.Path}: {prefix}scaling.factor: expected a positive number, got {factor}.");

        RequireUsualMix(file, prefix, type);
        metadata.Ignore(prefix + "scaling.finetuned");
        RopeScaling scaling = new()
        {
            Kind = RopeScalingKind.None,
            Factor = 1,
            OriginalTokens = RopeScaling.OriginalTokensOf(file),
            BetaFast = metadata.TryGetFloat(prefix + "scaling.yarn_beta_fast", out float fast) ? fast : 32,
            BetaSlow = metadata.TryGetFloat(prefix + "scaling.yarn_beta_slow", out float slow) ? slow : 1,
        };
        if (type == "none" || !stated)
            return scaling;

        RopeScalingKind kind = type switch
        {
            "linear" => RopeScalingKind.Linear,
            "yarn" => RopeScalingKind.Yarn,
            _ => throw new ModelFileException($"{file.Path}: {prefix}scaling.type '{type}' is not known. Known: none, linear, yarn."),
        };
        return scaling with { Kind = kind, Factor = factor };
    }

    private static float MagnitudeOf(GgufMetadata metadata, string prefix, RopeScalingKind kind)
    {
        float magnitude = metadata.TryGetFloat(prefix + "scaling.attn_factor", out float attention) ? attention : 1;

        // YaRN sets this factor itself (llama.cpp, src/llama-context.cpp); otherwise it is used.
        return metadata.TryGetFloat(prefix + "scaling.yarn_attn_factor", out float yarn) && kind != RopeScalingKind.Yarn ? magnitude * yarn : magnitude;
    }

    // Weight of YaRN's ramp: 1 with YaRN, 0 without.
    private static void RequireUsualMix(GgufFile file, string prefix, string kind)
    {
        string key = prefix + "scaling.yarn_ext_factor";
        int usual = kind == "yarn" ? 1 : 0;
        if (file.Metadata.TryGetFloat(key, out float mix) && mix >= 0 && mix != usual)
            throw new ModelFileException($"{file.Path}: {key}: expected {usual} with scaling '{kind}', got {mix}.");
    }

    private static Rope Scale(Rope rope, RopeScaling scaling, float magnitude) => scaling.Kind switch
    {
        RopeScalingKind.Linear => With(rope, (_, before) => before * scaling.Factor, magnitude * (scaling.AttentionFactor ?? 1)),
        RopeScalingKind.Ntk => With(rope, static (_, before) => before, magnitude * (scaling.AttentionFactor ?? 1), StretchedBase(rope, scaling.Factor)),
        RopeScalingKind.Yarn => Yarn(rope, scaling, magnitude),
        _ => With(rope, static (_, before) => before, magnitude),
    };

    // A single pair has no slower one to stretch.
    private static float StretchedBase(Rope rope, float factor) => rope.Width == 2 ? rope.Base : (float)(rope.Base * Math.Pow(factor, rope.Width / (rope.Width - 2.0)));

    // Section 3.2 of the paper, in single precision as in llama.cpp.
    private static Rope Yarn(Rope rope, RopeScaling scaling, float magnitude)
    {
        float low = MathF.Max(0, MathF.Floor(PairThatTurns(scaling.BetaFast))), high = MathF.Min(rope.Width - 1, MathF.Ceiling(PairThatTurns(scaling.BetaSlow)));
        return With(rope, Interpolate, magnitude * (scaling.AttentionFactor ?? 1 + 0.1f * MathF.Log(scaling.Factor)));

        float PairThatTurns(float times) => rope.Width * MathF.Log(scaling.OriginalTokens / (times * 2 * MathF.PI)) / (2 * MathF.Log(rope.Base));

        float Interpolate(int pair, float before)
        {
            float kept = 1 - Math.Clamp((pair - low) / MathF.Max(0.001f, high - low), 0, 1);
            return before / ((1 - kept) / scaling.Factor + kept);
        }
    }

    private static Rope With(Rope rope, Func<int, float, float> factorOf, float magnitude, float? frequencyBase = null)
    {
        ImmutableArray<float> factors = [.. Enumerable.Range(0, rope.Width / 2).Select(pair => factorOf(pair, rope.Factors.IsEmpty ? 1 : rope.Factors[pair]))];
        return new()
        {
            Interleaved = rope.Interleaved,
            Width = rope.Width,
            Base = frequencyBase ?? rope.Base,
            Factors = factors.All(factor => factor == 1) ? [] : factors,
            Magnitude = magnitude,
        };
    }
}
