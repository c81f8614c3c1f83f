using System.Text;
using Spud.Models;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

public sealed class ByteStringTableTests
{
    [Fact]
    public void Finds_every_string_and_nothing_else()
    {
        string[] texts = [.. Enumerable.Range(0, 5_000).Select(i => new string((char)('a' + i % 26), i % 19) + i)];
        var table = new ByteStringTable(Utf8Strings.From(texts));
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.True(table.TryFind(Encoding.UTF8.GetBytes(texts[i]), out int index));
            Assert.Equal(i, index);
            Assert.False(table.TryFind(Encoding.UTF8.GetBytes(texts[i] + "\0"), out _));
        }

        Assert.Null(table.FirstDuplicate);
        Assert.Equal(texts.Max(text => text.Length), table.LongestBytes);
    }

    [Fact]
    public void Of_equal_strings_the_first_is_found_and_the_pair_is_reported()
    {
        var table = new ByteStringTable(Utf8Strings.From(["x", "y", "x", "y"]));
        Assert.True(table.TryFind("x"u8, out int index));
        Assert.Equal(0, index);
        Assert.Equal((0, 2), table.FirstDuplicate);
    }

    [Fact]
    public void An_empty_list_holds_nothing()
    {
        Assert.False(new ByteStringTable(Utf8Strings.From([])).TryFind("x"u8, out _));
    }
}
