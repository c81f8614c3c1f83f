using Spud;

namespace Backend.Torch.Native;

/// <summary>The shim's experts of one layer.</summary>
internal sealed class ExpertsHandle : IDisposable
{
    private nint _experts;

    public ExpertsHandle(in NativeExpertsConfig config) => Shim.Require(Shim.Experts(config, out _experts));

    /// <summary>Adds to output [T, C], which may be the input.</summary>
    public void Execute(in TensorView input, in RoutingPlan plan, in TensorView output) =>
        Shim.Require(Shim.ExpertsExecute(_experts, new(input), new(plan), new(output)));

    public void Dispose()
    {
        Shim.ExpertsFree(_experts);
        _experts = 0;
    }
}
