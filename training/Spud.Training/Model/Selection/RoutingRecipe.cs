namespace Spud.Training.Model.Selection;

/// <summary>How a mixture chooses the experts of a row; STUDY.md says why.</summary>
internal sealed record RoutingRecipe
{
    /// <summary>The rule.</summary>
    public RoutingKind Kind { get; set; }

    /// <summary>Maximum experts per row, for rules that choose how many; absent: twice the average.</summary>
    public int? MaxExperts { get; set; }

    /// <summary>Decay of the running averages of thresholds.</summary>
    public double Momentum { get; set; } = 0.99;

    /// <summary>Whether the number of experts varies from row to row in inference too.</summary>
    public bool ChoosesNumber => Kind is RoutingKind.Mass or RoutingKind.ExpertThreshold;

    /// <summary>Maximum experts of any row.</summary>
    public int MaxUsed(ModelShape shape) => Kind is RoutingKind.TopK or RoutingKind.Pool ? shape.ExpertsUsed : Math.Min(shape.Experts, MaxExperts ?? 2 * shape.ExpertsUsed);

    /// <summary>State of a layer's rule, in addition to the model; initially 1. Padded to multiples of 16 numbers, of which only the first count.</summary>
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

    /// <summary>In training, the best K of a pool that all rows of a text share (arXiv:2605.06663); otherwise of all.</summary>
    Pool,

    /// <summary>In training, a random number for all rows of a text; otherwise K.</summary>
    RandomK,

    /// <summary>The smallest number of best experts that hold a share of their probability, with a learned temperature.</summary>
    Mass,

    /// <summary>Every expert whose probability exceeds its own threshold, a running average (arXiv:2603.11535).</summary>
    ExpertThreshold,
}
