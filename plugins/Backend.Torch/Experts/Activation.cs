using Backend.Torch.Shared;
using static TorchSharp.torch;

namespace Backend.Torch.Experts;

/// <summary>act(gate) * up for rows [T, 2 F] that contain both.</summary>
internal abstract class Activation : IDisposable
{
    /// <summary>[T, F] over the gate's memory, with a row stride of 2 F.</summary>
    public Tensor Of(Tensor gateUp)
    {
        long width = gateUp.size(1) / 2;
        Tensor gate = gateUp.narrow(1, 0, width);
        using Tensor up = gateUp.narrow(1, width, width);
        Combine(gate, up);
        return gate;
    }

    public virtual void Dispose()
    {
    }

    /// <summary>gate = act(gate) * up; up may be overwritten.</summary>
    protected abstract void Combine(Tensor gate, Tensor up);
}

/// <summary>x sigmoid(x).</summary>
internal sealed class Silu : Activation
{
    protected override void Combine(Tensor gate, Tensor up)
    {
        gate.silu_();
        gate.mul_(up);
    }
}

/// <summary>GELU, tanh approximation.</summary>
internal sealed class Gelu : Activation
{
    protected override void Combine(Tensor gate, Tensor up)
    {
        using Tensor activated = gate.gelu(TorchSharp.Modules.GELU.Approximate.tanh);
        gate.copy_(activated);
        gate.mul_(up);
    }
}

/// <summary>x sigmoid(1.702 x) (up + 1), with x and up clamped first.</summary>
internal sealed class ClampedSwiGlu(float limit) : Activation
{
    private readonly Factor _limit = new(limit), _negative = new(-limit), _slope = new(1.702f);

    public override void Dispose()
    {
        base.Dispose();
        foreach (Factor factor in (ReadOnlySpan<Factor>)[_limit, _negative, _slope])
            factor.Dispose();
    }

    protected override void Combine(Tensor gate, Tensor up)
    {
        gate.clamp_max_(_limit.Scalar);
        using Tensor share = gate.mul(_slope.Scalar);
        share.sigmoid_();
        gate.mul_(share);
        up.clamp_(_negative.Scalar, _limit.Scalar);
        up.add_(Factor.One.Scalar, Factor.One.Scalar);
        gate.mul_(up);
    }
}
