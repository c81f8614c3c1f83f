namespace Spud.Host.Tests.Cli;

public sealed class InputTextTests
{
    [Theory]
    [InlineData(new byte[] { 0xff }, 0)]
    [InlineData(new byte[] { 0x61, 0xc3 }, 1)]
    [InlineData(new byte[] { 0xe2, 0x82, 0xac, 0xc0, 0x80 }, 3)]
    [InlineData(new byte[] { 0x61, 0xed, 0xa0, 0x80 }, 1)]
    [InlineData(new byte[] { 0xef, 0xbb, 0xbf, 0x61, 0x80 }, 4)]
    public void The_first_byte_that_is_no_utf8_is_named(byte[] bytes, int offset) =>
        Assert.Contains($"0x{bytes[offset]:x2} at offset {offset}.", Assert.Throws<BadInputException>(() => InputText.Decode(bytes, "text")).Message);

    [Fact]
    public void Every_character_comes_through_and_a_byte_order_mark_does_not() =>
        Assert.Equal("a\0é€𝄞\r\n", InputText.Decode([.. "\uFEFF"u8, .. "a\0é€𝄞\r\n"u8], "text"));

    [Theory]
    [InlineData("one", "one")]
    [InlineData("one\n", "one")]
    [InlineData("one\r\n", "one")]
    [InlineData("one\r\ntwo\n\n", "one\r\ntwo\n")]
    [InlineData("a\rb\fc\u0085d\u2028e\u2029\n", "a\rb\fc\u0085d\u2028e\u2029")]
    [InlineData("\n", "")]
    public void A_prompt_loses_one_line_break_at_its_end(string content, string prompt)
    {
        using Shell shell = TestShell.Create(content);
        Assert.Equal(prompt, InputText.ReadPrompt("-", shell));
    }

    [Fact]
    public void A_text_without_end_is_refused()
    {
        using Shell shell = new(new Endless(), TextWriter.Null, TextWriter.Null);
        Assert.Contains("longer than 64 MiB", Assert.Throws<BadInputException>(() => InputText.Read("-", shell)).Message);
    }

    private sealed class Endless : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'a');
            return count;
        }
    }
}
