using System.Buffers.Binary;
using Spud.Text.Tokenization;
using Spud.Training.Data;
using Xunit;

namespace Spud.Training.Tests.Data;

public sealed class CorpusEncoderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spud-training-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void DocumentsAreEncodedApartAndEndWithTheirToken()
    {
        string text = Path.Combine(_folder.FullName, "text.txt"), ids = Path.Combine(_folder.FullName, "text.ids");
        File.WriteAllText(text, "a lad\nhad <s>\n\f\ndéjà 漢\n\f\n");
        TokenizerFile pieces = new(TestTokenizer.Write(_folder.FullName));
        long count = CorpusEncoder.Encode(text, pieces, ids);

        Tokenizer tokenizer = pieces.Create();
        byte[] bytes = File.ReadAllBytes(ids);
        int[] written = [.. Enumerable.Range(0, bytes.Length / 2).Select(i => (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * i)))];
        // Control tokens are text in a text; the line break before a separator belongs to the separator.
        int[] expected = [.. tokenizer.Encode("a lad\nhad <s>", addSpecial: false, parseSpecial: false), pieces.End, .. tokenizer.Encode("déjà 漢", addSpecial: false, parseSpecial: false), pieces.End];
        Assert.Equal(expected, written);
        Assert.Equal(expected.Length, count);
    }

    [Theory]
    [InlineData("{\"id\": 1, \"piece\": \"a\", \"score\": 0, \"type\": \"normal\"}", "line 1: expected id 0")]
    [InlineData("{\"id\": 0, \"piece\": \"a\", \"score\": 0, \"type\": \"odd\"}", "got id 0 and 'odd'")]
    [InlineData("{\"id\": 0, \"piece\": \"a\", \"score\": 0, \"type\": \"normal\"}", "expected a piece <|end|>")]
    [InlineData("no json", "pieces.jsonl")]
    public void ATokenizerThatIsNotOneIsRefused(string line, string message)
    {
        string path = Path.Combine(_folder.FullName, "pieces.jsonl");
        File.WriteAllText(path, line);
        Assert.Contains(message, Assert.Throws<TrainingException>(() => new TokenizerFile(path)).Message);
    }
}
