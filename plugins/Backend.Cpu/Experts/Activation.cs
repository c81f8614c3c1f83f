using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>Combines gate and up into the input of down.</summary>
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

    /// <summary>y = act(gate) * up, with the layer's activation; y may be either input.</summary>
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
