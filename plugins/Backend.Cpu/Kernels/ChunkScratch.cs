using Backend.Cpu.Attention;

namespace Backend.Cpu.Kernels;

/// <summary>A worker's memory for one chunk: queries [R, D], scores [R, ChunkTokens], states [R, 2 + Dv]; R is rows times heads.</summary>
internal readonly unsafe ref struct ChunkScratch
{
    private const int ColumnStep = 64;
    private readonly Span<float> _scores, _states;

    public ChunkScratch(Span<float> memory, int rows, int keyWidth, int valueWidth)
    {
        (Rows, KeyWidth, ValueWidth) = (rows, keyWidth, valueWidth);
        Queries = memory[..(rows * keyWidth)];
        _scores = memory.Slice(rows * keyWidth, rows * FoldPlan.ChunkTokens);
        _states = memory.Slice(rows * (keyWidth + FoldPlan.ChunkTokens), rows * (2 + valueWidth));
        Expanded = memory.Slice(rows * (keyWidth + FoldPlan.ChunkTokens + 2 + valueWidth), FoldPlan.ChunkTokens * Math.Max(keyWidth, valueWidth));
    }

    public int Rows { get; }

    public int KeyWidth { get; }

    public int ValueWidth { get; }

    /// <summary>[R, D].</summary>
    public Span<float> Queries { get; }

    /// <summary>[R, ChunkTokens].</summary>
    public Span<float> Scores => _scores;

    /// <summary>[R, 2 + Dv]: maximum, sum, accumulator.</summary>
    public Span<float> States => _states;

    /// <summary>[ChunkTokens, D or Dv]: a run of keys or values in f32.</summary>
    public Span<float> Expanded { get; }

    /// <summary>Floats required for a number of rows times heads.</summary>
    public static int Floats(int rows, int keyWidth, int valueWidth) =>
        rows * (keyWidth + FoldPlan.ChunkTokens + 2 + valueWidth) + FoldPlan.ChunkTokens * Math.Max(keyWidth, valueWidth);

    /// <summary>Columns to process for a number of keys: whole vectors, so that a masked key changes no bit.</summary>
    public static int ColumnsFor(int needed) => (needed + ColumnStep - 1) / ColumnStep * ColumnStep;

    public Span<float> ScoresOf(int row) => _scores.Slice(row * FoldPlan.ChunkTokens, FoldPlan.ChunkTokens);

    public ReadOnlySpan<float> StatesOf(int first, int count) => _states.Slice(first * (2 + ValueWidth), count * (2 + ValueWidth));

    /// <summary>Sets every score to that of a hidden key.</summary>
    public void ForgetScores(int columns)
    {
        for (int row = 0; row < Rows; row++)
            ScoresOf(row)[..columns].Fill(float.NegativeInfinity);
    }

    /// <summary>Replaces scores with exp(score - max); stores maximum and sum in the state and clears its accumulator.</summary>
    public void Softmax(int columns)
    {
        _states.Clear();
        fixed (float* scores = _scores, states = _states)
        {
            for (int row = 0; row < Rows; row++)
            {
                float* x = scores + row * FoldPlan.ChunkTokens, state = states + row * (2 + ValueWidth);
                float max = Spud.Numerics.Softmax.Max(x, columns);
                if (max == float.NegativeInfinity)
                    new Span<float>(x, columns).Clear();
                else
                    (state[0], state[1]) = (max, Spud.Numerics.Softmax.ExpSum(x, max, x, columns));
            }
        }
    }
}
