using System.Diagnostics;
using Spud.Execution;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// Measures tokens per second of prefill and decode with the text's own tokens, so that routers behave as in real use. Pipelines alternate,
/// and every repetition begins with a different one, so that disturbances of the machine affect all alike.
/// </summary>
internal sealed class SpeedMeter(IReadOnlyList<ComparedPipeline> pipelines, SpeedSettings settings)
{
    /// <summary>The beginning of a text, repeated if it is too short.</summary>
    public static int[] Tokens(ComparedText text, Tokenizer tokenizer, TextCuts cuts, SpeedSettings speed, bool parseSpecial)
    {
        using TokenStream stream = new(text, tokenizer, cuts, parseSpecial);
        List<int> tokens = tokenizer is { AddsBos: true, Bos: { } bos } ? [bos] : [];
        int wanted = speed.Prompt + speed.Generate, read = 0;
        while (tokens.Count < wanted && stream.Read(tokens))
            read = tokens.Count;

        for (int i = 0; tokens.Count < wanted; i++)
            tokens.Add(tokens[i % read]);

        return [.. tokens.Take(wanted)];
    }

    /// <summary>One repetition.</summary>
    /// <param name="tokens">At least as many as prompt and generated ones together.</param>
    /// <param name="repetition">0 is a warm-up and not counted.</param>
    /// <param name="sums">Added to.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public void Measure(ReadOnlySpan<int> tokens, int repetition, SpeedSums sums, CancellationToken cancellation)
    {
        (double Prefill, double Decode)[] measured = new (double, double)[pipelines.Count];
        for (int i = 0; i < pipelines.Count; i++)
        {
            int pipeline = (repetition + i) % pipelines.Count;
            measured[pipeline] = Measure(pipeline, tokens, cancellation);
        }

        for (int i = 0; i < pipelines.Count && repetition > 0; i++)
        {
            sums.Prefill[i].Add(measured[i].Prefill);
            sums.Decode[i].Add(measured[i].Decode);
        }
    }

    private (double Prefill, double Decode) Measure(int pipeline, ReadOnlySpan<int> tokens, CancellationToken cancellation)
    {
        Engine engine = pipelines[pipeline].Model.Engine;
        using Sequence sequence = engine.Open();
        using Batch batch = engine.NewBatch();
        sequence.Cancellation = cancellation;
        long start = Stopwatch.GetTimestamp();
        while (sequence.Tokens < settings.Prompt)
            Step(engine, batch, sequence, tokens[sequence.Tokens..settings.Prompt], Phase.Prefill);

        long read = Stopwatch.GetTimestamp();
        for (int step = 0; step < settings.Generate; step++)
            Step(engine, batch, sequence, tokens.Slice(settings.Prompt + step, 1), Phase.Decode);

        return (settings.Prompt / Stopwatch.GetElapsedTime(start, read).TotalSeconds, settings.Generate / Stopwatch.GetElapsedTime(read).TotalSeconds);
    }

    private static void Step(Engine engine, Batch batch, Sequence sequence, ReadOnlySpan<int> tokens, Phase phase)
    {
        engine.Step(batch, sequence, tokens, phase, LogitRows.Last);
        sequence.Cancellation.ThrowIfCancellationRequested();
    }
}

/// <summary>Tokens per second.</summary>
public sealed class SpeedSums
{
    /// <summary>[pipeline]: of every repetition.</summary>
    public required List<double>[] Prefill { get; init; }

    /// <summary>[pipeline]: of every repetition.</summary>
    public required List<double>[] Decode { get; init; }

    internal static SpeedSums Of(int pipelines) => new() { Prefill = New(pipelines), Decode = New(pipelines) };

    private static List<double>[] New(int pipelines) => [.. Enumerable.Range(0, pipelines).Select(_ => new List<double>())];
}
