using Spud;

namespace Backend.Onnx.Experts;

/// <summary>The entries of a plan by expert, in expert order, with the rows of each ascending.</summary>
internal sealed class ExpertGroups
{
    private readonly int[] _ends, _rows;
    private readonly float[] _weights;

    /// <param name="experts">Maximum number of experts of a layer.</param>
    /// <param name="rows">Maximum number of rows of a step.</param>
    public ExpertGroups(int experts, int rows)
    {
        _ends = new int[experts + 1];
        (_rows, _weights) = (new int[checked(experts * rows)], new float[experts * rows]);
    }

    /// <summary>Sorts a plan with this number of experts.</summary>
    public void Sort(in RoutingPlan plan, int experts)
    {
        ReadOnlySpan<int> offsets = plan.Offsets.AsSpan<int>(), chosen = plan.Experts.AsSpan<int>()[..offsets[^1]];
        ReadOnlySpan<float> weights = plan.Weights.AsSpan<float>();
        Span<int> ends = _ends.AsSpan(0, experts + 1);
        ends.Clear();
        foreach (int expert in chosen)
            ends[expert + 1]++;
        for (int i = 1; i < ends.Length; i++)
            ends[i] += ends[i - 1];

        // ends[e] is now the beginning of e's entries, and moves to their end, which is the beginning of those of e + 1.
        for (int row = 0; row < offsets.Length - 1; row++)
        {
            for (int i = offsets[row]; i < offsets[row + 1]; i++)
            {
                int entry = ends[chosen[i]]++;
                (_rows[entry], _weights[entry]) = (row, weights[i]);
            }
        }
    }

    /// <summary>Rows that use an expert.</summary>
    public ReadOnlySpan<int> RowsOf(int expert) => _rows.AsSpan(FirstOf(expert), _ends[expert] - FirstOf(expert));

    /// <summary>Multipliers of these rows.</summary>
    public ReadOnlySpan<float> WeightsOf(int expert) => _weights.AsSpan(FirstOf(expert), _ends[expert] - FirstOf(expert));

    /// <summary>Rows of all experts, one expert after the other.</summary>
    public ReadOnlySpan<int> AllRows => _rows;

    /// <summary>Multipliers of all experts, in the same order.</summary>
    public ReadOnlySpan<float> AllWeights => _weights;

    /// <summary>Offset of an expert's entries; for E, the total number.</summary>
    public int FirstOf(int expert) => expert == 0 ? 0 : _ends[expert - 1];
}
