using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>How gate and up become what down reads.</summary>
internal readonly struct Activation
{
    private const float ClampedAlpha = 1.702f;
    private readonly bool _gelu;
    private readonly float? _limit;

    public Activation(LayerDescription model)
    {
        _gelu = model.Has(Trait.Gelu);
        _limit = model.Has(Trait.ClampedSwiGlu) ? model.Number(Trait.ClampedSwiGlu, 0) : null;
    }

    /// <summary>y = act(gate) * up, as the layer has it; y may be either.</summary>
    public void Apply(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y)
    {
        if (_limit is { } limit)
            Vectors.ClampedSwiGlu(gate, up, y, ClampedAlpha, limit);
        else if (_gelu)
            Vectors.GeluGate(gate, up, y);
        else
            Vectors.SwiGlu(gate, up, y);
    }
}
