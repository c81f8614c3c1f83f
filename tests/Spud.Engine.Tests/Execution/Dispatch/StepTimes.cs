using System.Diagnostics;
using Spud.Composition;
using Spud.Execution;

namespace Spud.Tests.Execution.Dispatch;

/// <summary>Microseconds of a decode step, averaged over rounds of <see cref="Steps"/>.</summary>
/// <param name="Best">The shortest round: other work on the machine can only lengthen one.</param>
/// <param name="Median">The middle one.</param>
internal readonly record struct StepTimes(double Best, double Median)
{
    /// <summary>Tokens before the first measured one.</summary>
    public const int Depth = 256;

    private const int Steps = 16;

    /// <param name="pipeline">The pipeline.</param>
    /// <param name="seconds">Minimum time of the measurement.</param>
    /// <param name="depth">Tokens before the first measured one.</param>
    public static StepTimes Of(Pipeline pipeline, double seconds, int depth = Depth) => Of([pipeline], seconds, depth)[0];

    /// <summary>Times of several pipelines, whose rounds take turns, so that other work on the machine slows all of them.</summary>
    public static StepTimes[] Of(Pipeline[] pipelines, double seconds, int depth)
    {
        Batch[] batches = [.. pipelines.Select(static pipeline => pipeline.Engine.NewBatch())];
        Sequence[] sequences = [.. pipelines.Select(static pipeline => pipeline.Engine.Open())];
        int[] text = new int[depth];
        for (int i = 0; i < pipelines.Length; i++)
        {
            while (sequences[i].Tokens < depth)
                pipelines[i].Engine.Step(batches[i], sequences[i], text.AsSpan(sequences[i].Tokens), Phase.Prefill, LogitRows.None);
        }

        List<double>[] rounds = [.. pipelines.Select(static _ => new List<double>())];
        long start = Stopwatch.GetTimestamp();
        while (rounds[0].Count < 10 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds * pipelines.Length)
        {
            for (int i = 0; i < pipelines.Length; i++)
                rounds[i].Add(Round(pipelines[i].Engine, batches[i], sequences[i], depth));
        }

        foreach (IDisposable part in sequences.Concat<IDisposable>(batches))
            part.Dispose();
        return [.. rounds.Select(static times => times.Order().ToArray()).Select(static times => new StepTimes(times[0], times[times.Length / 2]))];
    }

    private static double Round(Engine engine, Batch batch, Sequence sequence, int depth)
    {
        long from = Stopwatch.GetTimestamp();
        for (int step = 0; step < Steps; step++)
            engine.Step(batch, sequence, [7], Phase.Decode, LogitRows.Last);

        double time = Stopwatch.GetElapsedTime(from).TotalMicroseconds / Steps;
        sequence.Truncate(depth);
        return time;
    }
}
