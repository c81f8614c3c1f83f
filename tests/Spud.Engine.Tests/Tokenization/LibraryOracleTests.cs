using Spud.Models;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

/// <summary>
/// Microsoft.ML.Tokenizers as an oracle: byte-level BPE with the regular expressions of six families, and SentencePiece. It knows no
/// GGUF files, no other pre-tokenisers and no control tokens by attribute; llama.cpp's vectors stand for those.
/// </summary>
public sealed class LibraryOracleTests
{
    private static readonly string[] s_files = ["README.md", "docs/architecture.md", "tests/data/smollm2/code.txt", "tests/data/smollm2/wikitext.txt", "tests/data/smollm2/unicode.txt", "Spud.Text/Tokenization/Tokenizer.cs"];

    public static TheoryData<string> PreTokenizers => [.. LibraryTokenizers.Expressions.Keys];

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public void Byte_level_bpe_gives_the_librarys_ids(string preTokenizer)
    {
        VocabularyData data = Vocabulary(TestData.DefaultModel) with { PreTokenizer = preTokenizer, AddBos = false };
        Microsoft.ML.Tokenizers.Tokenizer oracle = LibraryTokenizers.BytePair(data, preTokenizer);
        Tokenizer ours = new(data);
        Assert.All(Lines(), line => Assert.Equal(oracle.EncodeToIds(line), ours.Encode(line, addSpecial: false, parseSpecial: false)));
    }

    [Fact]
    public void SentencePiece_gives_the_librarys_ids()
    {
        VocabularyData data = Vocabulary(TestData.Path("stories260K/stories260K-f32.gguf"));
        Microsoft.ML.Tokenizers.SentencePieceTokenizer oracle = LibraryTokenizers.SentencePiece(data);
        Tokenizer ours = new(data);
        Assert.All(Lines(), line => Assert.Equal(oracle.EncodeToIds(line, addBeginningOfSentence: false, addEndOfSentence: false), ours.Encode(line, addSpecial: false, parseSpecial: false)));
    }

    private static IEnumerable<string> Lines() => s_files.SelectMany(file => File.ReadAllLines(Path.Combine(TestData.Root, file)))
        .Concat(["It's 12345 apples,\tisn't IT'S?", "  two  blanks  ", "line\r\n\r\nbreak \n x", "naïve café — “quotes” …", "x²+y³=z¹⁰", "日本語のテキスト123", "Привет, Мир! ПРИВЕТ", "a/b//c /d"])
        .Where(line => line.Length > 0);

    private static VocabularyData Vocabulary(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return VocabularyReader.Read(file.Metadata);
    }
}
