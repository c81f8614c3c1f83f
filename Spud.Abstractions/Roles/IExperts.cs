namespace Spud;

/// <summary>The feed-forward part of the layers that it was built for, including shared experts.</summary>
public interface IExperts : IComponent
{
    /// <summary>Norms the input, runs the experts of the plan, and adds the result to <paramref name="output"/>.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="step">T rows.</param>
    /// <param name="input">F32 [T, C].</param>
    /// <param name="plan">In the domain of this component. A plan on the host has been checked. One on a device is checked after the call, before the step is
    /// committed, so the component must survive any content.</param>
    /// <param name="output">F32 [T, C], added to; may be the same memory as <paramref name="input"/>, so read before adding.</param>
    void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output);
}
