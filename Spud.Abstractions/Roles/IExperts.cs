namespace Spud;

/// <summary>The feed-forward part of the layers it was built for, shared experts included.</summary>
public interface IExperts : IComponent
{
    /// <summary>Norms the input itself, runs the planned experts and adds to <paramref name="output"/>.</summary>
    /// <param name="layer">Layer of the model.</param>
    /// <param name="step">T rows.</param>
    /// <param name="input">F32 [T, C].</param>
    /// <param name="plan">In the domain of this component. On the host it has been checked; on a device it is checked before the step is
    /// committed, so that any plan must be survived.</param>
    /// <param name="output">F32 [T, C], added to; may be <paramref name="input"/>: reading ends before the first add.</param>
    void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output);
}
