using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Normalises and rotates q and k, and scales q, in place; one part per row.</summary>
internal struct HeadsJob : IJob
{
    public required AttentionLayer Layer;

    /// <summary>Epsilon of the norms.</summary>
    public required float Epsilon;

    /// <summary>I32 [T].</summary>
    public required TensorView Positions;

    /// <summary>F32 [T, H, D] and [T, G, D].</summary>
    public required TensorView Query, Key;

    public readonly void Run(int part, int worker)
    {
        int position = Positions.AsSpan<int>()[part];
        Span<float> query = Query.At(part).AsSpan<float>();
        Turn(query, Layer.QueryNorm, position);
        Vectors.Scale(Layer.ScoreScale, query, query);
        Turn(Key.At(part).AsSpan<float>(), Layer.KeyNorm, position);
    }

    private readonly void Turn(Span<float> heads, in TensorView norm, int position)
    {
        if (norm.IsPresent && !Layer.HeadNorm)
            Vectors.RmsNorm(heads, norm.AsSpan<float>(), Epsilon, heads);

        ReadOnlySpan<float> cos = Layer.Rope is { } table ? table.Cos(position) : default, sin = cos.IsEmpty ? default : Layer.Rope!.Sin(position);
        for (int at = 0; at < heads.Length; at += Layer.KeyWidth)
        {
            Span<float> head = heads.Slice(at, Layer.KeyWidth);
            if (Layer.HeadNorm)
                Vectors.RmsNorm(head, norm.AsSpan<float>(), Epsilon, head);
            if (!cos.IsEmpty)
                Vectors.Rotate(head, cos, sin, Layer.Rope!.Interleaved);
        }
    }
}
