using Spud.Host.Repl;
using Spud.Host.Repl.Plain;
using Spud.Host.Tests.Cli;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Tests.Repl;

public sealed class PlainChatTests
{
    [Fact]
    public void A_note_that_comes_during_an_answer_does_not_break_its_line()
    {
        StringWriter both = new();
        using Shell shell = TestShell.Create(both, both);
        using PlainChat chat = new(shell, rawText: false);
        Turn turn = new() { Number = 1, Question = "Once", Pipeline = new("0123", "model.gguf: cpu", "{}") };
        chat.Show(new TurnStarted(turn));
        chat.Show(new AnswerText(turn, AnswerPart.Final, "There was"));
        chat.Show(new Notice(NoticeKind.Warning, "the disk is full."));
        chat.Show(new AnswerText(turn, AnswerPart.Final, " a girl."));
        chat.Show(new TurnFinished(turn));
        chat.Show(new Notice(NoticeKind.Information, "Saved."));
        Assert.Equal("There was a girl.\nnote: the disk is full.\nSaved.\n", both.ToString().ReplaceLineEndings("\n"));
    }
}
