using Spud;

namespace Reference;

/// <summary>Lets a row leave where the mean of its numbers is at most its effort, less a half; what the head reads is half of it. Plain, in double precision.</summary>
internal sealed class LeavingDepth(DepthBuild build, Fault fault) : IDepth, ILeavesEarly
{
    private readonly Random _random = new();
    private double _lastMean;

    public MissingKeys Missing => MissingKeys.Fill;

    public RowCost LeaveCost => default;

    public RowCost FinishCost => fault == Fault.IsPaidForLeaving ? new(-1, 0) : default;

    public bool LeavesOut(int layer) => false;

    public bool MayLeaveAfter(int layer) => fault == Fault.LeavesElsewhere || build.Layers.Contains(layer);

    public void Leave(int layer, in Step step, in TensorView hidden, Span<bool> leaves)
    {
        foreach (SequenceSlice slice in step.Sequences)
        {
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
            {
                double mean = Mean(hidden.At(row).AsSpan<float>());
                leaves[row] = fault switch
                {
                    Fault.IsRandom => _random.Next(2) == 0,
                    Fault.ComparesRows => mean <= _lastMean,
                    _ => mean <= slice.Effort - 0.5,
                };
                _lastMean = mean;
            }
        }

        if (fault == Fault.ChangesRows)
            hidden.AsSpan<float>()[0] += 1;
    }

    public void Finish(int layer, in TensorView hidden)
    {
        object? made = fault == Fault.Allocates ? new object() : null;
        Span<float> values = hidden.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = fault == Fault.FinishesTogether ? values[i] / hidden.Shape[0] : values[i] * 0.5f;

        GC.KeepAlive(made);
    }

    public void Dispose()
    {
    }

    private static double Mean(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float value in row)
            sum += value;

        return sum / row.Length;
    }
}
