namespace Spud.Training.Model.Selection;

/// <summary>How a mixture chooses the experts of a row; STUDY.md says why.</summary>
internal sealed record RoutingRecipe
{
    /// <summary>The rule.</summary>
    public RoutingKind Kind { get; set; }

    /// <summary>Most experts of a row, for rules that choose how many; absent: twice as many as used on average.</summary>
    public int? MaxExperts { get; set; }

    /// <summary>Share of the last value in running averages of thresholds.</summary>
    public double Momentum { get; set; } = 0.99;

    /// <summary>Whether the number of experts differs from row to row also when the model is used.</summary>
    public bool ChoosesNumber => Kind is RoutingKind.Mass or RoutingKind.ExpertThreshold;

    /// <summary>The most experts that any row gets.</summary>
    public int MaxUsed(ModelShape shape) => Kind is RoutingKind.TopK or RoutingKind.Pool ? shape.ExpertsUsed : Math.Min(shape.Experts, MaxExperts ?? 2 * shape.ExpertsUsed);

    /// <summary>What a layer keeps for its rule, in addition to the model; all begin as 1. Multiples of 16 numbers, of which the first count.</summary>
    public IEnumerable<Parameter> Parameters(ModelShape shape, int layer) => Kind switch
    {
        RoutingKind.Mass => [new(Sharpness(layer), 0, false, 16), new(Threshold(layer), 0, false, 16)],
        RoutingKind.ExpertThreshold => [new(Threshold(layer), 0, false, (shape.Experts + 15) / 16 * 16)],
        _ => [],
    };

    /// <summary>The factor of the router's logits.</summary>
    public static string Sharpness(int layer) => $"blk.{layer}.ffn_router_sharpness";

    /// <summary>Of the layer, or of each expert.</summary>
    public static string Threshold(int layer) => $"blk.{layer}.ffn_router_threshold";

    /// <summary>The rule of a layer.</summary>
    public IExpertSelection Create(ParameterSet parameters, ModelShape shape, int layer, ulong seed) => Kind switch
    {
        RoutingKind.Pool => new PoolSelection(shape, seed),
        RoutingKind.RandomK => new RandomCountSelection(shape, MaxUsed(shape), seed),
        RoutingKind.Mass => new MassSelection(parameters, shape, layer, this),
        RoutingKind.ExpertThreshold => new ExpertThresholdSelection(parameters, shape, layer, this),
        _ => new TopSelection(),
    };
}

/// <summary>Rules by which experts are chosen.</summary>
internal enum RoutingKind
{
    /// <summary>The best K of every row.</summary>
    TopK,

    /// <summary>The best K of a pool that all rows of a text share while it is trained (arXiv:2605.06663); of all otherwise.</summary>
    Pool,

    /// <summary>As many for all rows of a text as is drawn while it is trained; K otherwise.</summary>
    RandomK,

    /// <summary>As few of the best as hold a share of their probability, whose temperature is learned.</summary>
    Mass,

    /// <summary>Every expert whose probability exceeds a threshold of its own, a running average (arXiv:2603.11535).</summary>
    ExpertThreshold,
}
