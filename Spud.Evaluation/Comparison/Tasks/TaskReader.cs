using System.Text.Json;
using System.Text.RegularExpressions;
using Spud.Models.Messages;

namespace Spud.Evaluation.Comparison;

/// <summary>Creates prompts from a task's file, with the wording of the lm-evaluation-harness.</summary>
internal static partial class TaskReader
{
    private static readonly Lazy<string> s_examples = new(() =>
    {
        using StreamReader reader = new(typeof(TaskReader).Assembly.GetManifestResourceStream("gsm8k-cot.txt")!);
        return reader.ReadToEnd();
    });

    public static IEnumerable<TaskItem> Read(TaskKind kind, string file, byte[] content)
    {
        int index = 0;
        foreach (JsonElement element in Elements(file, content))
        {
            TaskItem? item;
            try
            {
                item = Item(kind, element);
            }
            catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new ComparisonException($"{file}: question {index + 1}: expected {Expected(kind)}: {fault.Message}");
            }

            index++;
            yield return item;
        }
    }

    private static TaskItem Item(TaskKind kind, JsonElement element) => kind switch
    {
        TaskKind.ArcEasy when element.TryGetProperty("instruction", out _) => Instruction(element),
        TaskKind.ArcEasy => Choices(element),
        TaskKind.Gsm8k => new($"{s_examples.Value}Q: {Text(element, "question")}\nA:", [], Text(element, "answer").Split("####")[^1].Trim()),
        _ => LastWord(Text(element, "text")),
    };

    private static TaskItem LastWord(string text)
    {
        int space = text.LastIndexOf(' ');
        return space > 0 ? new(text[..space], [text[space..]], "0") : throw new FormatException("the text is a single word.");
    }

    // The data set itself: question, choices { text, label }, answerKey.
    private static TaskItem Choices(JsonElement element)
    {
        JsonElement choices = element.GetProperty("choices");
        string[] texts = [.. choices.GetProperty("text").EnumerateArray().Select(text => text.GetString()!)];
        int answer = choices.GetProperty("label").EnumerateArray().Select(label => label.GetString()).ToList().IndexOf(Text(element, "answerKey"));
        return Choice(Text(element, "question"), texts, answer);
    }

    // A common variant of it, phrased as an instruction.
    private static TaskItem Instruction(JsonElement element)
    {
        Match match = InstructionText().Match(Text(element, "instruction"));
        if (!match.Success)
            throw new FormatException("the instruction has another form.");

        string[] texts = [.. ChoiceMark().Split(match.Groups["choices"].Value).Skip(1)];
        string answer = Text(element, "answer");
        if (!answer.StartsWith("answer", StringComparison.Ordinal) || !int.TryParse(answer.AsSpan("answer".Length), out int number))
            throw new FormatException($"the answer must be 'answer' and a number, got '{QuotedText.Of(answer)}'.");

        return Choice(match.Groups["question"].Value, texts, number - 1);
    }

    private static TaskItem Choice(string question, string[] choices, int answer) => answer >= 0 && answer < choices.Length && choices.All(choice => choice.Length > 0)
        ? new($"Question: {question}\nAnswer:", [.. choices.Select(choice => " " + choice)], $"{answer}")
        : throw new FormatException("the right answer is none of the choices, or a choice is empty.");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");

    private static string Expected(TaskKind kind) => kind switch
    {
        TaskKind.ArcEasy => "question, choices { text, label } and answerKey, or instruction and answer",
        TaskKind.Gsm8k => "question and answer",
        _ => "text",
    };

    private static List<JsonElement> Elements(string file, byte[] content)
    {
        List<JsonElement> elements = [];
        int line = 0;
        try
        {
            ReadOnlySpan<byte> rest = content.AsSpan().TrimStart(" \t\r\n\uFEFF"u8);
            if (rest.StartsWith("["u8))
                return [.. JsonDocument.Parse(rest.ToArray()).RootElement.EnumerateArray()];

            foreach (Range range in rest.Split((byte)'\n'))
            {
                line++;
                if (rest[range].ContainsAnyExcept(" \t\r"u8))
                    elements.Add(JsonDocument.Parse(rest[range].ToArray()).RootElement);
            }

            return elements;
        }
        catch (JsonException fault)
        {
            throw new ComparisonException($"{file}: expected JSON, an array or a line for each question{(line > 0 ? $"; line {line}" : "")}: {fault.Message}");
        }
    }

    [GeneratedRegex(@"the question: (?<question>.*?)\n\n(?<choices>Answer1: .*?)\n\nAnswer format:", RegexOptions.Singleline)]
    private static partial Regex InstructionText();

    [GeneratedRegex(@"\s?Answer\d+: ")]
    private static partial Regex ChoiceMark();
}
