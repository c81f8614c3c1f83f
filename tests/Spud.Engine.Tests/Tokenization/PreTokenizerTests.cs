using System.Text;
using Spud.Text.Tokenization;
using Spud.Text.Tokenization.PreTokenizers;
using Xunit;

namespace Spud.Tests.Tokenization;

/// <summary>Where each pattern cuts; the ids of llama.cpp's vocabularies and the random vectors hold them to it in bulk.</summary>
public sealed class PreTokenizerTests
{
    [Theory]
    [InlineData("gpt-2", "It's 1234  ok!!\n\n x", "It|'s| 1234| | ok|!!|\n\n| x")]
    [InlineData("gpt-2", "IT'S", "IT|'|S")]
    [InlineData("gpt-2", "a𐐀𝟙😀 \u00a0b", "a𐐀|𝟙|😀| |\u00a0|b")]
    [InlineData("smollm", "a 1234", "a| |1|2|3|4")]
    [InlineData("llama-bpe", "It'S 12345,\n\n  \n x", "It|'S| |123|45|,\n\n|  \n| x")]
    [InlineData("llama-bpe", "\tHello (world)", "\tHello| (|world|)")]
    [InlineData("qwen2", "a12.b", "a|1|2|.b")]
    [InlineData("qwen35", "हिन्दी", "हिन्दी")]
    [InlineData("qwen2", "हिन्दी", "ह|िन|्द|ी")]
    [InlineData("seed-coder", "a!\nb", "a|!|\n|b")]
    [InlineData("ufakzeka", "Ali'd", "Ali|'d")]
    [InlineData("laguna", "a\n\nb", "a|\n\n|b")]
    [InlineData("minicpm5", "12345", "123|45")]
    [InlineData("gpt-4o", "HTMLParser don't CAN'T x/y\n", "HTMLParser| don't| CAN'T| x|/y|\n")]
    [InlineData("gpt-4o", "helloWorld ÄBC aÄb 1234", "hello|World| Ä|BC| aÄb| |123|4")]
    [InlineData("tekken", "don't 12", "don|'t| |1|2")]
    [InlineData("deepseek-llm", "ab  12\r\nсл中文 !?  ", "ab|  |12|\r|\n|сл|中文| !?|  ")]
    [InlineData("deepseek-coder", "ab 12 $中", "ab| |1|2| $|中")]
    [InlineData("deepseek-v3", "(abc é1234+中文\n", "(abc| é|123|4|+|中文|\n")]
    [InlineData("falcon", "a+1234 '", "a|+|123|4| |'")]
    [InlineData("default", "a+1234", "a|+|123|4")]
    [InlineData("bloom", "a b,c  d", "a| b|,|c| | d")]
    [InlineData("viking", "a12", "a|1|2")]
    [InlineData("gpt-2", "", "")]
    public void A_text_is_cut_where_the_pattern_says(string name, string text, string words)
    {
        Assert.Equal(words, string.Join('|', Words(name, text)));
    }

    [Fact]
    public void Every_known_pre_tokeniser_leaves_nothing_out()
    {
        var random = new Random(4);
        foreach (string name in KnownPreTokenizers.Names)
        {
            for (int i = 0; i < 200; i++)
            {
                string text = RandomText.Valid(random, random.Next(20));
                string[] words = Words(name, text).ToArray();
                Assert.Equal(text, string.Concat(words));
                Assert.DoesNotContain("", text.Length == 0 ? [] : words);
            }
        }
    }

    private static IEnumerable<string> Words(string name, string text)
    {
        PreTokenizer preTokenizer = KnownPreTokenizers.Find(name)!;
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var classified = new ClassifiedText(utf8);
        int start = 0;
        foreach (int last in preTokenizer.Split(classified))
        {
            int end = classified.ByteOffset(last);
            yield return Encoding.UTF8.GetString(utf8, start, end - start);
            start = end;
        }
    }
}
