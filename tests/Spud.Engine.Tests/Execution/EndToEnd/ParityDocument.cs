using System.Collections.Immutable;
using System.Text;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>docs/parity.md.</summary>
internal static class ParityDocument
{
    private const string Head = """
        # Parity with llama.cpp

        How far the logits of the built-in backend lie from llama.cpp's, in parts of the logits' range (largest minus smallest), and the
        perplexity of the text under both. Written by

        ```
        SPUD_WRITE_PARITY=1 tests/Spud.Engine.Tests/bin/Release/net10.0/Spud.Engine.Tests -class "*ParityTests"
        ```

        and held by the same tests: a number in brackets is what is allowed. The references and their origin are in `tests/data/*/SOURCE.txt`.

        """;

    public static string Write()
    {
        StringBuilder text = new(Head.ReplaceLineEndings("\n"));
        text.Append("Machine: ").Append(Processor()).Append(".\n");
        Section(text, "Families (f32 activations, f32 cache)", Parity.Families);
        Section(text, "Default model (f32 activations, f32 cache; logits of the last position, perplexity of all)", Parity.DefaultModel);
        Section(text, "Default model (8-bit activations, f16 cache; logits of the last position; single positions are draws of luck on both sides and judged together)", Parity.DefaultModelRounded);
        Section(text, "Quantised types (f32 activations, f32 cache)", Parity.QuantisedTypes);
        Section(text, "Quantised types (8-bit activations, f16 cache; allowed: 1.1 of llama.cpp's own RMS distance)", Parity.Rounded);
        Section(text, "stories260K (f32 activations, f32 cache; logits of the last position)", Parity.StoriesModels);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, ImmutableArray<ParityRow> rows)
    {
        text.Append("\n## ").Append(title).Append("\n\n| Model | Against | Largest error | RMS | llama.cpp's own RMS | Perplexity | Reference |\n|---|---|---|---|---|---|---|\n");
        foreach (ParityRow row in rows)
            text.Append(row.Line).Append('\n');
    }

    private static string Processor()
    {
        const string info = "/proc/cpuinfo";
        string? name = File.Exists(info) ? File.ReadLines(info).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return $"{name?[(name.IndexOf(':') + 2)..] ?? "processor of unknown name"}, .NET {Environment.Version}";
    }
}
