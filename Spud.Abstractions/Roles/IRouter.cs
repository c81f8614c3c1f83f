namespace Spud;

/// <summary>Chooses experts, for layers that have more than one.</summary>
public interface IRouter : IComponent
{
    /// <summary>K: most experts of a row; sizes the plan's buffers.</summary>
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
