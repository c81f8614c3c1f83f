namespace Spud;

/// <summary>Chooses experts, for layers that have more than one.</summary>
public interface IRouter : IComponent
{
    /// <summary>
    /// K: the most experts that any row gets, 1 to the largest E of its layers. Asked once, when the pipeline is built: plans have room for
    /// it, budgets count with it, and a step in which a row has more is refused.
    /// </summary>
    int MaxExpertsPerRow { get; }

    /// <summary>Experts of a row on average, where the router knows from a calibration; null: not known. For people: nobody relies on it.</summary>
    float? ExpectedExperts(int layer) => null;

    /// <summary>Norms <paramref name="hidden"/> itself and fills the plan.</summary>
    /// <param name="layer">Layer of the model.</param>
    /// <param name="step">T rows.</param>
    /// <param name="hidden">F32 [T, C], not changed.</param>
    /// <param name="plan">Written.</param>
    void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan);
}
