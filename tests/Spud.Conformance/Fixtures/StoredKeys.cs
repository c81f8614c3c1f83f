namespace Spud.Conformance.Fixtures;

/// <summary>What pages of a type hold of the keys and values of a sequence, in double precision.</summary>
internal sealed class StoredKeys
{
    public StoredKeys(TestBuild build, TestModel model, ElementType type, int sequence, IReadOnlyList<int> positions)
    {
        List<(int, double[], double[])> keys = [];
        foreach (int position in positions)
            keys.Add((position, AsStored(build, type, TestPages.KeyOf(model, sequence, position)), AsStored(build, type, TestPages.ValueOf(model, sequence, position))));

        All = keys;
    }

    /// <summary>Position, key [G, D], value [G, Dv].</summary>
    public IReadOnlyList<(int Position, double[] Key, double[] Value)> All { get; }

    private static double[] AsStored(TestBuild build, ElementType type, float[] values)
    {
        if (type != ElementType.F32)
        {
            TensorView exact = build.Floats(values, values.Length), stored = build.Allocate(build.Host, type, values.Length);
            build.Host.Copy(exact, stored);
            build.Host.Copy(stored, exact);
            values = exact.AsSpan<float>().ToArray();
        }

        return [.. values.Select(value => (double)value)];
    }
}
