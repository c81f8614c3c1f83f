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
    public static StepTimes Of(Pipeline pipeline, double seconds, int depth = Depth)
    {
        Engine engine = pipeline.Engine;
        using Batch batch = engine.NewBatch();
        using Sequence sequence = engine.Open();
        int[] text = new int[depth];
        while (sequence.Tokens < depth)
            engine.Step(batch, sequence, text.AsSpan(sequence.Tokens), Phase.Prefill, LogitRows.None);

        List<double> rounds = [];
        long start = Stopwatch.GetTimestamp();
        while (rounds.Count < 10 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            long from = Stopwatch.GetTimestamp();
            for (int step = 0; step < Steps; step++)
            {
                engine.Step(batch, sequence, [7], Phase.Decode, LogitRows.Last);
            }

            rounds.Add(Stopwatch.GetElapsedTime(from).TotalMicroseconds / Steps);
            sequence.Truncate(depth);
        }

        rounds.Sort();
        return new(rounds[0], rounds[rounds.Count / 2]);
    }
}
