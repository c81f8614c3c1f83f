namespace Spud;

/// <summary>Chooses the experts of each row, in layers that have more than one.</summary>
public interface IRouter : IComponent
{
    /// <summary>
    /// K: maximum number of experts of a row, 1 to the largest E of its layers. Read once, when the pipeline is built: plans and budgets are sized
    /// by it, and a step in which a row has more is refused.
    /// </summary>
    int MaxExpertsPerRow { get; }

    /// <summary>Mean number of experts per row, if the router knows it from a calibration; null: not known. Only shown to people.</summary>
    float? ExpectedExperts(int layer) => null;

    /// <summary>Norms <paramref name="hidden"/>, and fills the plan.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="step">T rows.</param>
    /// <param name="hidden">F32 [T, C], not changed.</param>
    /// <param name="plan">Written.</param>
    void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan);
}
