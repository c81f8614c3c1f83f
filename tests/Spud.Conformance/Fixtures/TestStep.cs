namespace Spud.Conformance.Fixtures;

/// <summary>Steps from a list of sequences.</summary>
public static class TestStep
{
    /// <summary>One slice for each (rows, first position).</summary>
    public static SequenceSlice[] Slices(params ReadOnlySpan<(int Rows, int FirstPosition)> sequences)
    {
        List<SequenceSlice> slices = [];
        int row = 0;
        foreach ((int rows, int position) in sequences)
        {
            slices.Add(new()
            {
                Id = slices.Count,
                FirstRow = row,
                Rows = rows,
                FirstPosition = position,
                Phase = rows == 1 ? Phase.Decode : Phase.Prefill,
                Effort = 1,
            });
            row += rows;
        }

        return [.. slices];
    }

    /// <summary>A step; token ids are a pattern below V.</summary>
    public static Step Of(TestBuild build, SequenceSlice[] slices)
    {
        ArgumentNullException.ThrowIfNull(build);
        ArgumentNullException.ThrowIfNull(slices);
        List<int> ids = [], positions = [], sequences = [];
        for (int i = 0; i < slices.Length; i++)
        {
            for (int row = 0; row < slices[i].Rows; row++)
            {
                positions.Add(slices[i].FirstPosition + row);
                sequences.Add(i);
                ids.Add((positions[^1] * 7 + i * 3) % build.Model.Vocabulary);
            }
        }

        return new()
        {
            TokenIds = build.Ints(ids.ToArray(), ids.Count),
            Positions = build.Ints(positions.ToArray(), ids.Count),
            SequenceOfRow = build.Ints(sequences.ToArray(), ids.Count),
            Slices = slices,
        };
    }
}
