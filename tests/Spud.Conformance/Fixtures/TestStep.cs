namespace Spud.Conformance.Fixtures;

/// <summary>Steps from a list of sequences.</summary>
public static class TestStep
{
    /// <summary>One slice for each (rows, first position), numbered from 0.</summary>
    public static SequenceSlice[] Slices(params ReadOnlySpan<(int Rows, int FirstPosition)> sequences)
    {
        List<SequenceSlice> slices = [];
        foreach ((int rows, int position) in sequences)
            slices.Add(Slice(slices.Count, rows, position) with { FirstRow = slices.Sum(slice => slice.Rows) });

        return [.. slices];
    }

    /// <summary>One slice that stands alone in a step.</summary>
    /// <param name="id">Of the sequence: what it holds at a position depends on both.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="firstPosition">Of its first row.</param>
    public static SequenceSlice Slice(int id, int rows, int firstPosition) => new()
    {
        Id = id,
        FirstRow = 0,
        Rows = rows,
        FirstPosition = firstPosition,
        Phase = rows == 1 ? Phase.Decode : Phase.Prefill,
        Effort = 1,
    };

    /// <summary>A step in host memory; token ids are a pattern below V.</summary>
    public static Step Of(TestBuild build, SequenceSlice[] slices)
    {
        ArgumentNullException.ThrowIfNull(build);
        (int[] ids, int[] positions, int[] sequences) = Rows(slices, build.Model.Vocabulary);
        return new()
        {
            TokenIds = build.Ints(ids, ids.Length),
            Positions = build.Ints(positions, ids.Length),
            SequenceOfRow = build.Ints(sequences, ids.Length),
            Slices = slices,
        };
    }

    /// <summary>Token id, position and sequence of every row.</summary>
    internal static (int[] TokenIds, int[] Positions, int[] Sequences) Rows(SequenceSlice[] slices, int vocabulary, int stride = 1)
    {
        ArgumentNullException.ThrowIfNull(slices);
        List<int> ids = [], positions = [], sequences = [];
        for (int i = 0; i < slices.Length; i++)
        {
            for (int row = 0; row < slices[i].Rows; row++)
            {
                positions.Add(slices[i].FirstPosition + row * stride);
                sequences.Add(i);
                ids.Add((positions[^1] * 7 + slices[i].Id * 3) % vocabulary);
            }
        }

        return ([.. ids], [.. positions], [.. sequences]);
    }
}
