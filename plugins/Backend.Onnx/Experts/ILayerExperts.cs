using Spud;

namespace Backend.Onnx.Experts;

/// <summary>The experts of one layer: dense or routed.</summary>
internal interface ILayerExperts
{
    /// <summary>Like <see cref="IExperts.Execute"/>.</summary>
    void Execute(in TensorView input, in RoutingPlan plan, in TensorView output);
}
