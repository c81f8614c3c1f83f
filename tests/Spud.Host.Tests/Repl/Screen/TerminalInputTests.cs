using System.Text;
using Spud.Host.Repl.Screen;
using Terminal.Gui.App;

namespace Spud.Host.Tests.Repl.Screen;

[Collection("screen")]
public sealed class TerminalInputTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(256)]
    public void Characters_across_two_readings_stay_whole(int bytesAtOnce)
    {
        Environment.SetEnvironmentVariable("DisableRealDriverIO", "1");
        string text = string.Concat(Enumerable.Repeat("a漢字é👩‍👩‍👧", 200));
        using TerminalInput input = new(new MemoryStream(Encoding.UTF8.GetBytes(text)), bytesAtOnce);
        StringBuilder read = new();
        bool isClosed = false;
        input.Closed += () => isClosed = true;
        while (!isClosed)
            read.Append([.. input.Read()]);

        Assert.Equal(text, read.ToString());
        Assert.False(input.Peek());
    }

    [Fact]
    public void The_library_still_takes_another_reader()
    {
        using IApplication app = Application.Create();
        Assert.NotNull(TerminalApplication.Constructor(app.GetType()));
    }

    [Fact]
    public void What_is_printed_while_the_screen_is_there_becomes_lines()
    {
        List<string> lines = [];
        TextWriter before = Console.Out;
        using (new PrintedText(lines.Add))
        {
            Console.Write("half ");
            Console.Error.WriteLine("a line");
            Console.WriteLine("and\nmore");
        }

        Assert.Equal(["half a line", "and", "more"], lines);
        Assert.Same(before, Console.Out);
    }
}
