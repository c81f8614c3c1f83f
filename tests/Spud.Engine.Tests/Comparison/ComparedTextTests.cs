using System.Security.Cryptography;
using Spud.Evaluation.Comparison;
using Xunit;

namespace Spud.Tests.Comparison;

public sealed class ComparedTextTests
{
    [Fact]
    public void Its_hash_is_that_of_its_bytes()
    {
        byte[] bytes = [.. Enumerable.Range(0, 300_000).Select(i => (byte)('a' + i % 26))];
        ComparedText text = ComparedText.OfBytes("test", bytes);
        Assert.Equal((300_000, Convert.ToHexStringLower(SHA256.HashData(bytes))), (text.Bytes, text.Sha256));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t \n")]
    public void A_text_of_nothing_is_refused(string text) =>
        Assert.Contains("the text is empty", Assert.Throws<ComparisonException>(() => ComparedText.OfBytes("test", System.Text.Encoding.UTF8.GetBytes(text))).Message);

    [Theory]
    [InlineData(5)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(100_000)]
    public void Bytes_that_are_no_utf8_are_refused_with_their_place(int offset)
    {
        byte[] bytes = new byte[offset + 20];
        bytes.AsSpan().Fill((byte)'a');
        bytes[offset] = 0xff;
        Assert.Contains($"byte 0xff at offset {offset}", Assert.Throws<ComparisonException>(() => ComparedText.OfBytes("test", bytes)).Message);
    }

    [Fact]
    public void A_character_across_two_reads_is_fine_and_an_unfinished_one_is_not()
    {
        byte[] bytes = new byte[65_535 + 2];
        bytes.AsSpan().Fill((byte)'a');
        (bytes[^2], bytes[^1]) = (0xc3, 0xa4);
        Assert.Equal(bytes.Length, ComparedText.OfBytes("test", bytes).Bytes);
        Assert.Contains("expected UTF-8", Assert.Throws<ComparisonException>(() => ComparedText.OfBytes("test", bytes[..^1])).Message);
    }

    [Fact]
    public void A_missing_file_and_a_directory_are_refused()
    {
        using TempFolder folder = new();
        Assert.Contains("no such file", Assert.Throws<ComparisonException>(() => ComparedText.OfFile(Path.Combine(folder.Path, "missing.txt"))).Message);
        Assert.Contains("got a directory", Assert.Throws<ComparisonException>(() => ComparedText.OfFile(folder.Path)).Message);
    }
}
