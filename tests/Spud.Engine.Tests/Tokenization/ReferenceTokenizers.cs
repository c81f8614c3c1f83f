using Spud.Models;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

/// <summary>Tokenizers of the committed models, and of llama.cpp's vocabularies where they are at hand.</summary>
internal static class ReferenceTokenizers
{
    private static readonly Lazy<Tokenizer> LazyBytePair = new(() => Load(TestData.DefaultModel));
    private static readonly Lazy<Tokenizer> LazySentencePiece = new(() => Load(TestData.Path("stories260K/stories260K-f32.gguf")));

    /// <summary>SmolLM2's: byte-level BPE, 49,152 tokens.</summary>
    public static Tokenizer BytePair => LazyBytePair.Value;

    /// <summary>stories260K's: SentencePiece, 512 tokens.</summary>
    public static Tokenizer SentencePiece => LazySentencePiece.Value;

    public static Tokenizer Load(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return Tokenizer.Load(file.Metadata);
    }

    /// <summary>A file of llama.cpp's folder "models"; skips the test where there is none.</summary>
    public static string PeerFile(string name)
    {
        string folder = Environment.GetEnvironmentVariable("SPUD_PEER") ?? Path.Combine(TestData.Root, ".cache", "peer");
        string path = Path.Combine(folder, "llama.cpp", "models", name);
        Assert.SkipUnless(File.Exists(path), $"needs llama.cpp's {name}: bench/peer/setup.sh fetches it, or SPUD_PEER names a folder that holds llama.cpp/models");
        return path;
    }

    /// <summary>llama.cpp's vectors: texts with a separator between them, and a line of ids for each.</summary>
    public static IEnumerable<(string Text, int[] Ids)> Vectors(string textPath, string idsPath)
    {
        string[] texts = File.ReadAllText(textPath).Split("\n__ggml_vocab_test__\n");
        string[] lines = File.ReadAllText(idsPath).Split('\n');
        return texts.Zip(lines, (text, line) => (text, line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray()));
    }

    /// <summary>Ids as int32, little endian.</summary>
    public static int[] Ids(string path) => File.ReadAllBytes(path).Chunk(4).Select(bytes => BitConverter.ToInt32(bytes)).ToArray();
}
