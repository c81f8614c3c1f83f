using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;

namespace Backend.Torch.Attention;

/// <summary>Cosines and sines by position, computed in double precision, in memory of the device.</summary>
internal sealed class RopeTable
{
    private readonly Rope _rope;

    public RopeTable(IBuildContext build, WeightLoader weights, Rope rope)
    {
        (_rope, int half) = (rope, rope.Width / 2);
        Cos = build.Allocate(weights.Domain, ElementType.F32, build.Limits.ContextTokens, half);
        Sin = build.Allocate(weights.Domain, ElementType.F32, build.Limits.ContextTokens, half);
        double[] frequencies = new double[half];
        for (int i = 0; i < half; i++)
            frequencies[i] = Math.Pow(rope.Base, -2.0 * i / rope.Width) / (rope.Factors.IsEmpty ? 1 : rope.Factors[i]);

        Shim.Fill(weights.Device.Place(), frequencies, rope.Magnitude, Cos, Sin);
    }

    /// <summary>F32 [context, Width / 2].</summary>
    public TensorView Cos { get; }

    /// <summary>F32 [context, Width / 2].</summary>
    public TensorView Sin { get; }

    /// <summary>Whether layers with this embedding share the table.</summary>
    public bool Serves(Rope rope) =>
        rope.Width == _rope.Width && rope.Base == _rope.Base && rope.Magnitude == _rope.Magnitude
        && rope.Factors.AsSpan().SequenceEqual(_rope.Factors.AsSpan());
}
