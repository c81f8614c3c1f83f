using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

/// <summary>Ids equal llama.cpp's.</summary>
public sealed class TokenizerReferenceTests
{
    public static TheoryData<string> SmolLm2Texts => ["chat", "code", "unicode", "wikitext"];

    public static TheoryData<string> StoryPrompts =>
        [.. Directory.GetDirectories(TestData.Path("stories260K/llamacpp-reference-logits")).Select(folder => Path.GetFileName(folder)!).Order()];

    public static TheoryData<string> PeerVocabularies =>
    [
        "command-r", "deepseek-coder", "deepseek-llm", "falcon", "gpt-2", "llama-bpe", "llama-spm", "mpt", "phi-3", "qwen2", "qwen35",
        "refact", "starcoder",
    ];

    [Fact]
    public void The_default_model_encodes_the_vectors_made_for_it()
    {
        var vectors = ReferenceTokenizers.Vectors(TestData.Path("smollm2/tokenizer.inp"), TestData.Path("smollm2/tokenizer.out")).ToArray();
        Assert.True(vectors.Length > 40);
        Assert.All(vectors, vector => Assert.Equal(vector.Ids, ReferenceTokenizers.BytePair.Encode(vector.Text, addSpecial: false, parseSpecial: true)));
    }

    [Theory]
    [MemberData(nameof(SmolLm2Texts))]
    public void The_default_model_encodes_its_reference_texts(string name)
    {
        string text = File.ReadAllText(TestData.Path($"smollm2/{name}.txt"));
        int[] expected = ReferenceTokenizers.Ids(TestData.Path($"smollm2/{name}.tokens.bin"));
        int[] ids = ReferenceTokenizers.BytePair.Encode(text, addSpecial: true, parseSpecial: true);
        Assert.Equal(expected, ids[..Math.Min(expected.Length, ids.Length)]);
    }

    [Theory]
    [InlineData("families/qwen3.gguf", "families/prompt")]
    [InlineData("families/gemma3.gguf", "families/prompt")]
    [InlineData("families/gpt-oss.gguf", "families/prompt")]
    [InlineData("quantised/base-f16.gguf", "quantised/prompt")]
    public void The_small_models_encode_their_prompt(string model, string prompt)
    {
        int[] expected = ReferenceTokenizers.Ids(TestData.Path($"{prompt}.tokens.bin"));
        Tokenizer tokenizer = ReferenceTokenizers.Load(TestData.Path(model));
        Assert.Equal(expected, tokenizer.Encode(File.ReadAllText(TestData.Path($"{prompt}.txt")), addSpecial: true, parseSpecial: true));
    }

    [Theory]
    [MemberData(nameof(StoryPrompts))]
    public void Stories260K_encodes_its_prompts(string name)
    {
        string folder = TestData.Path($"stories260K/llamacpp-reference-logits/{name}");
        string prompt = File.ReadAllText(Directory.GetFiles(folder, "*-prompt.txt").Single());
        string text = prompt["prompt: ".Length..prompt.IndexOf("\nn_tokens:", StringComparison.Ordinal)];
        int[] expected = ReferenceTokenizers.Ids(Directory.GetFiles(folder, "*-tokens.bin").Single());
        Assert.Equal(expected, ReferenceTokenizers.SentencePiece.Encode(text, addSpecial: true, parseSpecial: true));
    }

    [Theory]
    [InlineData("smollm2")]
    [InlineData("stories260K")]
    public void Random_texts_give_the_ids_that_llama_cpp_gave(string name)
    {
        Tokenizer tokenizer = name == "smollm2" ? ReferenceTokenizers.BytePair : ReferenceTokenizers.SentencePiece;
        foreach (bool parseSpecial in (bool[])[false, true])
        {
            string ids = TestData.Path($"tokenizers/{name}.{(parseSpecial ? "special" : "plain")}.out");
            var vectors = ReferenceTokenizers.Vectors(TestData.Path($"tokenizers/{name}.inp"), ids).ToArray();
            Assert.Equal(300, vectors.Length);
            Assert.All(vectors, vector => Assert.Equal(vector.Ids, tokenizer.Encode(vector.Text, addSpecial: false, parseSpecial)));
        }
    }

    [Theory]
    [MemberData(nameof(PeerVocabularies))]
    public void The_vocabularies_of_llama_cpp_encode_their_vectors(string name)
    {
        Tokenizer tokenizer = ReferenceTokenizers.Load(ReferenceTokenizers.PeerFile($"ggml-vocab-{name}.gguf"));
        string texts = ReferenceTokenizers.PeerFile($"ggml-vocab-{name}.gguf.inp");
        var vectors = ReferenceTokenizers.Vectors(texts, ReferenceTokenizers.PeerFile($"ggml-vocab-{name}.gguf.out")).ToArray();
        Assert.True(vectors.Length > 40);
        Assert.All(vectors, vector => Assert.Equal(vector.Ids, tokenizer.Encode(vector.Text, addSpecial: false, parseSpecial: false)));
    }
}
