using Spud;
using Spud.Numerics;
using Rope = Spud.Rope;
using RopeKernel = Spud.Numerics.Rope;

namespace Attention.DualChunk.Kernels;

/// <summary>Copies queries and rotates them by the number of tokens that the rule gives for a chunk of keys; a part is a row.</summary>
internal unsafe struct TurnJob : IJob
{
    public ChunkRule Rule;
    public int Chunk;
    public RopeAngles Angles;
    public Rope Rope;

    /// <summary>The trained length, beyond which scores are scaled.</summary>
    public int ScaledFrom;

    public Step Step;

    /// <summary>F32 [T, H, D], on the host.</summary>
    public TensorView Query;

    /// <summary>Likewise; written.</summary>
    public TensorView Turned;

    /// <summary>F32 [workers, 2, width / 2].</summary>
    public TensorView Scratch;

    public readonly void Run(int part, int worker)
    {
        int position = PositionOf(part), turn = Rule.TurnOf(position, Chunk);
        Span<float> row = Turned.At(part).AsSpan<float>();
        Query.At(part).AsSpan<float>().CopyTo(row);
        if (position >= ScaledFrom)
            Scale(row, (float)(1 + 0.1 * Math.Log((position + 1.0) / ScaledFrom)));
        if (turn != 0)
            Turn(row, Turned.Shape[2], turn, Scratch.At(worker));
    }

    private readonly void Turn(Span<float> row, int width, int turn, TensorView scratch)
    {
        Span<float> cos = scratch.At(0).AsSpan<float>()[..(Rope.Width / 2)], sin = scratch.At(1).AsSpan<float>()[..(Rope.Width / 2)];
        Angles.Fill(turn, cos, sin);
        fixed (float* heads = row, c = cos, s = sin)
        {
            for (int head = 0; head < row.Length; head += width)
            {
                if (Rope.Interleaved)
                    RopeKernel.Interleaved(heads + head, c, s, Rope.Width);
                else
                    RopeKernel.Halves(heads + head, c, s, Rope.Width);
            }
        }
    }

    private static void Scale(Span<float> row, float by)
    {
        foreach (ref float value in row)
            value *= by;
    }

    private readonly int PositionOf(int row)
    {
        foreach (ref readonly SequenceSlice slice in Step.Sequences)
        {
            if (row < slice.FirstRow + slice.Rows)
                return slice.FirstPosition + row - slice.FirstRow;
        }

        throw new ArgumentOutOfRangeException(nameof(row));
    }
}
