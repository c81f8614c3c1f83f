using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Turns the accumulators of complete states into the attention output: adds sinks to the sum and divides by it. One part per row.</summary>
internal struct DivideJob : IJob
{
    /// <summary>The states, modified.</summary>
    public required AttentionState State;

    /// <summary>F32 [H], or absent.</summary>
    public required TensorView Sinks;

    /// <summary>[T, H * Dv] over the accumulators, optionally rounded as well.</summary>
    public required Activations Output;

    public readonly void Run(int part, int worker)
    {
        ReadOnlySpan<float> max = State.Max.At(part).AsSpan<float>(), sum = State.Sum.At(part).AsSpan<float>();
        ReadOnlySpan<float> sinks = Sinks.IsPresent ? Sinks.AsSpan<float>() : default;
        Span<float> accumulators = State.Accumulator.At(part).AsSpan<float>();
        int width = accumulators.Length / max.Length;
        for (int head = 0; head < max.Length; head++)
        {
            Span<float> accumulator = accumulators.Slice(head * width, width);
            if (sum[head] == 0)
                accumulator.Clear();
            else
                Vectors.Scale(sinks.IsEmpty ? 1 / sum[head] : WithSink(sinks[head], max[head], sum[head]), accumulator, accumulator);
        }

        Output.Round(part);
    }

    // exp(max - top) / (sum exp(max - top) + exp(sink - top)), top = max(max, sink)
    private static float WithSink(float sink, float max, float sum)
    {
        float top = MathF.Max(max, sink), keep = MathF.Exp(max - top);
        return keep / (sum * keep + MathF.Exp(sink - top));
    }
}
