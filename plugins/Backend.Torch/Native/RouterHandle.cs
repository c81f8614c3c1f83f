using Spud;

namespace Backend.Torch.Native;

/// <summary>The shim's router of one layer.</summary>
internal sealed class RouterHandle : IDisposable
{
    private nint _router;

    public RouterHandle(in NativeRouterConfig config) => Shim.Require(Shim.Router(config, out _router));

    /// <summary>Fills the plan of hidden [T, C].</summary>
    public void Route(in TensorView hidden, in RoutingPlan plan) => Shim.Require(Shim.RouterRoute(_router, new(hidden), new(plan)));

    public void Dispose()
    {
        Shim.RouterFree(_router);
        _router = 0;
    }
}
