using System.IO.Compression;
using System.Text.Json;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>Contexts from a file: one line of JSON each, with the data sets' own member names.</summary>
internal sealed class NeedleFile
{
    private const int MaxBytes = 256 << 20;
    private const string End = "\n\nNow the record is over.";

    private readonly (string Text, NeedleQuestion Question)[] _items;

    private NeedleFile(string path, (string, NeedleQuestion)[] items) => (Path, _items) = (path, items);

    public string Path { get; }

    /// <summary>A file's bytes, unpacked.</summary>
    /// <exception cref="ComparisonException">The file is missing, too long or invalid.</exception>
    public static byte[] Content(string path)
    {
        try
        {
            using Stream file = File.OpenRead(path), unpacked = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using MemoryStream content = new();
            byte[] buffer = new byte[1 << 16];
            while (unpacked.Read(buffer) is > 0 and int read)
            {
                content.Write(buffer, 0, read);
                if (content.Length > MaxBytes)
                    throw new ComparisonException($"{path}: longer than {MaxBytes >> 20} MiB.");
            }

            return content.ToArray();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ComparisonException($"{path}: {(fault is FileNotFoundException or DirectoryNotFoundException ? "no such file" : fault.Message)}");
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ComparisonException">The content is invalid.</exception>
    public static NeedleFile Read(NeedleKind kind, string path, byte[] content)
    {
        List<(string, NeedleQuestion)> items = [];
        int line = 0;
        foreach (Range range in content.AsSpan().Split((byte)'\n'))
        {
            line++;
            if (!content.AsSpan(range).ContainsAnyExcept(" \t\r\uFEFF"u8))
                continue;

            try
            {
                using JsonDocument document = JsonDocument.Parse(content.AsMemory(range));
                items.Add(kind == NeedleKind.Lines ? Line(document.RootElement) : Pair(document.RootElement));
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new ComparisonException($"{path}: line {line}: expected {(kind == NeedleKind.Lines ? "prompt, random_idx, expected_number and num_lines, as in LongChat" : "ordered_kv_records, key and value, as in \"Lost in the middle\"")}: {fault.Message}");
            }
        }

        return items.Count > 0 ? new(path, [.. items]) : throw new ComparisonException($"{path}: contains no questions.");
    }

    /// <summary>The contexts, each at its own length.</summary>
    public IEnumerable<NeedleContext> Contexts(Tokenizer tokenizer, int borderTokens, NeedleSettings settings)
    {
        foreach ((string text, NeedleQuestion question) in _items.Take(settings.Cases))
        {
            NeedleQuestion asked = question with { Depth = settings.Depths.MinBy(depth => Math.Abs(depth - question.Depth)) };
            int tokens = NeedleContext.Begin(tokenizer, text).Count + (settings.QuestionFirst ? asked.Ids(tokenizer).Length + 8 : 0);
            int length = (tokens + borderTokens - 1) / borderTokens * borderTokens + asked.Ids(tokenizer).Length + asked.AnswerTokens(tokenizer);
            yield return NeedlePrompt.Make(tokenizer, text, [asked], length, borderTokens, settings.QuestionFirst)!;
        }
    }

    private static (string, NeedleQuestion) Line(JsonElement element)
    {
        string prompt = element.GetProperty("prompt").GetString()!, name = element.GetProperty("random_idx")[0].GetString()!;
        int end = prompt.LastIndexOf(End, StringComparison.Ordinal);
        if (end < 0)
            throw new FormatException("the prompt has no 'Now the record is over.'");

        double depth = (double)element.GetProperty("random_idx")[1].GetInt32() / Math.Max(1, element.GetProperty("num_lines").GetInt32() - 1);
        return (prompt[..(end + 1)], NeedleTexts.LineQuestion(prompt[(end + 1)..].TrimEnd(' '), name, $"{element.GetProperty("expected_number").GetInt32()}", Math.Clamp(depth, 0, 1)));
    }

    private static (string, NeedleQuestion) Pair(JsonElement element)
    {
        string key = element.GetProperty("key").GetString()!, value = element.GetProperty("value").GetString()!;
        (string Key, string Value)[] pairs = [.. element.GetProperty("ordered_kv_records").EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()!))];
        int at = Array.FindIndex(pairs, pair => pair.Key == key);
        return at < 0 ? throw new FormatException("the key is none of the records'.") : (NeedleTexts.PairsText(pairs), NeedleTexts.PairQuestion(key, value, (double)at / Math.Max(1, pairs.Length - 1)));
    }
}
