namespace Spud.Execution;

/// <summary>The rules for a routing plan of a layer.</summary>
internal sealed class PlanCheck(LayerDescription layer)
{
    private readonly bool _mayBeEmpty = layer.Has(Trait.SharedExpert);
    private readonly int _experts = layer.Experts;

    /// <summary>Checks that offsets start at 0 and are monotone, with at most K entries per row, experts below E, none twice in a row, finite weights, and no row without an expert unless a shared one serves it.</summary>
    /// <exception cref="InvalidDataException">The plan violates a rule.</exception>
    public void Require(in RoutingPlan plan)
    {
        ReadOnlySpan<int> offsets = plan.Offsets.AsSpan<int>(), experts = plan.Experts.AsSpan<int>();
        ReadOnlySpan<float> weights = plan.Weights.AsSpan<float>();
        if (offsets[0] != 0)
            throw new InvalidDataException($"plan: offsets start at {offsets[0]}, not at 0");

        // The plan's buffers have room for K entries per row: the K queried when the pipeline was built, on which budgets rely.
        int maxExperts = experts.Length / (offsets.Length - 1);
        for (int row = 0; row + 1 < offsets.Length; row++)
        {
            (int from, int to) = (offsets[row], offsets[row + 1]);
            if (to < from || to > experts.Length || (to == from && !_mayBeEmpty))
                throw new InvalidDataException($"plan: row {row} owns entries {from} .. {to} of {experts.Length}");

            if (to - from > maxExperts)
                throw new InvalidDataException($"plan: row {row} has {to - from} experts, expected at most {maxExperts} (the router's MaxExpertsPerRow when the pipeline was built)");

            for (int i = from; i < to; i++)
                RequireEntry(experts[from..i], experts[i], weights[i], row, _experts);
        }
    }

    private static void RequireEntry(ReadOnlySpan<int> before, int expert, float weight, int row, int expertCount)
    {
        if ((uint)expert >= (uint)expertCount)
            throw new InvalidDataException($"plan: row {row} names expert {expert} of {expertCount}");
        if (!float.IsFinite(weight))
            throw new InvalidDataException($"plan: row {row} gives expert {expert} the weight {weight}");
        if (before.Contains(expert))
            throw new InvalidDataException($"plan: row {row} names expert {expert} twice");
    }
}
