using System.Collections.Immutable;
using Spud.Execution;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>Computes the parity table, each part once.</summary>
internal static class Parity
{
    private const string Exact = "llama.cpp, weights expanded to f32";
    private static readonly string[] s_texts = ["chat", "code", "unicode", "wikitext"];

    private static readonly Lazy<ImmutableArray<ParityRow>> s_families = new(() => [.. Files("families").Select(Family)]);
    private static readonly Lazy<ImmutableArray<ParityRow>> s_stories = new(() => [.. StoriesFolders().Select(Stories)]);
    private static readonly Lazy<ImmutableArray<ParityRow>> s_quantised = new(() => [.. Files("quantised").Select(name => Quantised(name, "f32", "f32"))]);
    private static readonly Lazy<ImmutableArray<ParityRow>> s_rounded = new(() => [.. Files("quantised").Where(IsDense).Select(name => Quantised(name, "q8", "f16"))]);
    private static readonly Lazy<ImmutableArray<ParityRow>> s_default = new(() => Default("f32", "f32"));
    private static readonly Lazy<ImmutableArray<ParityRow>> s_defaultRounded = new(() => Default("q8", "f16"));

    /// <summary>The tiny models of every family, f32 throughout.</summary>
    public static ImmutableArray<ParityRow> Families => s_families.Value;

    /// <summary>stories260K and its mixtures, f32 throughout; the references have an f16 cache.</summary>
    public static ImmutableArray<ParityRow> StoriesModels => s_stories.Value;

    /// <summary>Every quantised type, f32 activations and cache.</summary>
    public static ImmutableArray<ParityRow> QuantisedTypes => s_quantised.Value;

    /// <summary>Every quantised dense type with 8-bit activations and an f16 cache.</summary>
    public static ImmutableArray<ParityRow> Rounded => s_rounded.Value;

    /// <summary>The default model, f32 activations and cache.</summary>
    public static ImmutableArray<ParityRow> DefaultModel => s_default.Value;

    /// <summary>The default model with 8-bit activations and an f16 cache.</summary>
    public static ImmutableArray<ParityRow> DefaultModelRounded => s_defaultRounded.Value;

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(TestData.Path(folder), "*.gguf").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!;

    private static bool IsDense(string name) => !name.Contains("moe", StringComparison.Ordinal);

    private static ParityRow Family(string name)
    {
        // llama.cpp's GELU is an f16 table, which only gemma3 uses.
        double limit = name == "gemma3" ? 5e-4 : 2e-5;
        return Texts($"families/{name}", "families/prompt", $"families/{name}.logits.bin", "f32", "f32") with { Name = name, Against = "llama.cpp, f32", MaxLimit = limit };
    }

    private static ParityRow Quantised(string name, string activations, string cache)
    {
        ParityRow row = Texts($"quantised/{name}", "quantised/prompt", $"quantised/{name}.exact.logits.bin", activations, cache) with { Name = name, Against = Exact };
        if (activations == "f32")
            return row with { MaxLimit = 2e-5, RatioLimit = 1e-4 };

        float[] exact = CpuPipeline.Floats($"quantised/{name}.exact.logits.bin"), peer = CpuPipeline.Floats($"quantised/{name}.llamacpp.logits.bin");
        double own = Distance.Between(peer, exact).Rms;
        return row with { PeerRms = own, RmsLimit = 1.1 * own };
    }

    private static ParityRow Texts(string model, string prompt, string logits, string activations, string cache)
    {
        using CpuPipeline pipeline = new(TestData.Path(model + ".gguf"), activations: activations, cache: cache);
        using Sequence sequence = pipeline.Engine.Open();
        int[] tokens = CpuPipeline.Tokens(prompt + ".tokens.bin");
        float[] expected = CpuPipeline.Floats(logits), got = pipeline.AllLogits(sequence, tokens);
        return new()
        {
            Name = model,
            Against = logits,
            Distance = Distance.Between(got, expected),
            Perplexity = Perplexity(got, tokens, pipeline.Vocabulary),
            Reference = Perplexity(expected, tokens, pipeline.Vocabulary),
        };
    }

    private static double Perplexity(float[] logits, int[] tokens, int vocabulary) =>
        Math.Exp(Enumerable.Range(0, tokens.Length - 1).Average(row => Distance.Loss(logits.AsSpan(row * vocabulary, vocabulary), tokens[row + 1])));

    private static IEnumerable<string> StoriesFolders() =>
        Directory.GetDirectories(TestData.Path("stories260K/llamacpp-reference-logits")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)
            .Where(name => File.Exists(StoriesModel(name)));

    private static string StoriesModel(string folder) =>
        Path.Combine(TestData.Root, "tests", "data", "stories260K", $"stories260K-{folder[..^3]}.gguf");

    private static ParityRow Stories(string folder)
    {
        string file = Path.Combine("stories260K", "llamacpp-reference-logits", folder, $"llamacpp-stories260K-{folder[..^3]}");
        using CpuPipeline pipeline = new(StoriesModel(folder));
        using Sequence sequence = pipeline.Engine.Open();
        float[] got = pipeline.LastLogits(sequence, CpuPipeline.Tokens(file + "-tokens.bin"));
        bool plain = folder.Contains("f32", StringComparison.Ordinal) || folder.Contains("f16", StringComparison.Ordinal);
        return new()
        {
            Name = folder,
            Against = plain ? "llama.cpp, f16 cache" : "llama.cpp, 8-bit activations, f16 cache",
            Distance = Distance.Between(got, CpuPipeline.Floats(file + ".bin")),
            MaxLimit = plain ? 1e-3 : 3e-2,
        };
    }

    private static ImmutableArray<ParityRow> Default(string activations, string cache)
    {
        using CpuPipeline pipeline = new(TestData.DefaultModel, activations: activations, cache: cache, edits: "context=1024");
        ParityRow[] texts = [.. s_texts.Select(text => DefaultText(pipeline, text))];
        return activations == "f32"
            ? [.. texts.Select(row => row with { PeerRms = null, MaxLimit = 2e-5, RatioLimit = 1e-4 })]
            : [.. texts, Together(texts)];
    }

    // One position a text is a draw of luck, on both sides: they are judged together.
    private static ParityRow Together(ParityRow[] texts)
    {
        double own = Math.Sqrt(texts.Average(row => row.PeerRms!.Value * row.PeerRms.Value));
        return new()
        {
            Name = "smollm2-135m-instruct-q4_1, all four",
            Against = Exact,
            Distance = new(texts.Max(row => row.Distance.Max), Math.Sqrt(texts.Average(row => row.Distance.Rms * row.Distance.Rms))),
            PeerRms = own,
            RmsLimit = 1.1 * own,
        };
    }

    private static ParityRow DefaultText(CpuPipeline pipeline, string text)
    {
        int[] tokens = CpuPipeline.Tokens($"smollm2/{text}.tokens.bin");
        float[] exact = CpuPipeline.Floats($"smollm2/{text}.exact.logits.bin"), last = new float[pipeline.Vocabulary];
        double loss = 0;
        using Sequence sequence = pipeline.Engine.Open();
        pipeline.Read(sequence, tokens, 64, (row, logits) =>
        {
            loss += row + 1 < tokens.Length ? Distance.Loss(logits, tokens[row + 1]) : 0;
            logits.CopyTo(last);
        });
        return new()
        {
            Name = $"smollm2-135m-instruct-q4_1, {text}",
            Against = Exact,
            Distance = Distance.Between(last, exact),
            PeerRms = Distance.Between(CpuPipeline.Floats($"smollm2/{text}.llamacpp.logits.bin"), exact).Rms,
            Perplexity = Math.Exp(loss / (tokens.Length - 1)),
            Reference = Math.Exp(CpuPipeline.Floats($"smollm2/{text}.exact.nll.bin").Average(nll => (double)nll)),
        };
    }
}
