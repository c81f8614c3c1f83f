using System.Text;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

public sealed class CharacterClassesTests
{
    [Fact]
    public void Every_code_point_has_the_class_of_llama_cpps_tables()
    {
        // FNV-1a over the classes of U+0000 to U+10FFFF without surrogates, computed from llama.cpp's src/unicode-data.cpp.
        // It changes when .NET takes up a newer edition of Unicode: CharacterClasses.AddedLater must then grow.
        ulong hash = 0xcbf29ce484222325;
        for (int codePoint = 0; codePoint < 0x110000; codePoint++)
        {
            if (Rune.IsValid(codePoint))
            {
                hash = (hash ^ (byte)CharacterClasses.Of(codePoint)) * 0x100000001b3;
            }
        }

        Assert.Equal(0x771541bb2bde31f5ul, hash);
    }

    [Theory]
    [InlineData('a', CharacterClass.Letter)]
    [InlineData(0x10400, CharacterClass.Letter)]
    [InlineData(0x1D7D9, CharacterClass.Number)]
    [InlineData(0x301, CharacterClass.Mark)]
    [InlineData('!', CharacterClass.Punctuation)]
    [InlineData('+', CharacterClass.Symbol)]
    [InlineData(0x1F600, CharacterClass.Symbol)]
    [InlineData(0x85, CharacterClass.Space)]
    [InlineData(0x3000, CharacterClass.Space)]
    [InlineData(0x200B, CharacterClass.Other)]
    [InlineData(0x897, CharacterClass.Other)]
    [InlineData(0x10FFFF, CharacterClass.Other)]
    internal void Classes_follow_the_general_category(int codePoint, CharacterClass expected) => Assert.Equal(expected, CharacterClasses.Of(codePoint));
}
