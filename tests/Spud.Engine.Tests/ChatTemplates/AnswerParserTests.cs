using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

public class AnswerParserTests
{
    private const string Harmony = "{% if 0 %}<|channel|>analysis<|message|>{% endif %}{{ messages[0].content }}";
    private const string Tags = "{% if 0 %}<think></think><tool_call>{% endif %}{{ messages[0].content }}";

    // In the expectations: final text, [reasoning], (calls).
    public static TheoryData<string, string, string, string> Answers =>
    [
        (Harmony, "", "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hello!<|return|>", "[Hm.]Hello!"),
        (Harmony, "", "<|channel|>final<|message|>Hello!", "Hello!"),
        (Harmony, "", "<|channel|>analysis<|message|>Hm", "[Hm]"),
        (Harmony, "", "<|channel|>analysis<|message|>A.<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"x\": 1}<|call|>", "[A.](f{\"x\": 1})"),
        (Harmony, "", "<|start|>assistant to=functions.f<|channel|>commentary<|message|>{\"x\": 1}", "(f{\"x\": 1})"),
        (Harmony, "", "<|channel|>commentary<|message|>Let me see.<|end|><|start|>assistant<|channel|>final<|message|>Done.", "Let me see.Done."),
        (Harmony, "", "<|channel|>commentary to=functions.f<|message|>not JSON", "not JSON"),
        (Harmony, "", "Hello <|end|>", "Hello "),
        (Harmony, "", "", ""),
        (Tags, "", "<think>\nHm.\n</think>\n\nHello!", "[Hm.]Hello!"),
        (Tags, "<|assistant|><think>\n", "Hm.\n</think>\n\nHello!", "[Hm.]Hello!"),
        (Tags, "<think>\n\n</think>\n\n", "Hello!", "Hello!"),
        (Tags, "", " Hello <b>\n", " Hello <b>\n"),
        (Tags, "", "<think>Hm.", "[Hm.]"),
        (Tags, "", "Yes.\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>", "Yes.\n(f{\"x\": 1})"),
        (Tags, "", "<tool_call>{\"name\": 1}</tool_call> x", "{\"name\": 1}x"),
        (Tags, "", "a <thi", "a <thi"),
        ("{{ messages[0].content }}", "", "<think>Hm.</think>Hello!", "<think>Hm.</think>Hello!"),
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_is_split_into_its_parts_however_it_comes(string template, string prompt, string answer, string expected)
    {
        foreach (int size in (int[])[1, 2, 3, 7, 1000])
        {
            AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(template), prompt);
            List<AnswerPiece> pieces = [];
            foreach (char[] chunk in answer.Chunk(size))
                pieces.AddRange(parser.Append(new(chunk)));
            pieces.AddRange(parser.Flush());

            Answer whole = parser.Answer;
            string reasoning = whole.Reasoning is null ? "" : $"[{whole.Reasoning}]";
            Assert.Equal(expected, reasoning + whole.Final + string.Concat(whole.ToolCalls.Select(call => $"({call.Name}{call.Arguments.GetRawText()})")));
            Assert.Equal(whole.Final, string.Concat(pieces.Where(piece => piece.Part == AnswerPart.Final).Select(piece => piece.Text)));
            Assert.DoesNotContain(pieces, piece => piece.Text.Length == 0 && piece.Call is null);
        }
    }

    // gpt-oss's template refuses channel tags in messages, so that a raw answer ended the dialogue at the second question.
    [Fact]
    public void An_answer_in_channels_does_not_stop_the_second_question()
    {
        const string Template = "{% for m in messages %}{% if '<|channel|>' in m.content %}{{ raise_exception('channel tags') }}{% endif %}"
            + "<|start|>{{ m.role }}<|channel|>final<|message|>{{ m.content }}<|end|>{% endfor %}<|start|>assistant";
        ChatTemplate template = ChatTemplate.Parse(Template);
        AnswerParser parser = AnswerParser.For(template, "<|start|>assistant");
        parser.Append("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hello!<|return|>");
        parser.Flush();
        string prompt = template.Render([new ChatMessage("user", "Hi"), parser.Answer.ToMessage(), new ChatMessage("user", "And you?")], new());
        Assert.EndsWith("<|start|>assistant<|channel|>final<|message|>Hello!<|end|><|start|>user<|channel|>final<|message|>And you?<|end|><|start|>assistant", prompt);
    }

    [Fact]
    public void A_plain_text_has_no_parts()
    {
        AnswerParser parser = AnswerParser.For(null, "");
        Assert.Equal([new AnswerPiece(AnswerPart.Final, "<think>a</think><|channel|>")], parser.Append("<think>a</think><|channel|>"));
    }

    [Fact]
    public void Reasoning_and_calls_reach_the_template_as_fields_of_their_own()
    {
        Answer answer = new("Hello!", "Hm.", [new("f", JsonSerializer.SerializeToElement(new { x = 1 }))]);
        const string Template = "{% for m in messages %}{{ m.content }}|{{ m.reasoning_content }}|{{ m.thinking }}|{{ m.tool_calls[0].function.arguments.x }}{% endfor %}";
        Assert.Equal("Hello!|Hm.|Hm.|1", ChatTemplate.Parse(Template).Render([answer.ToMessage()], new()));
    }
}
