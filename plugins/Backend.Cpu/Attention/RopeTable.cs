using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Cosines and sines by position, computed in double precision up to the highest position seen so far.</summary>
internal sealed class RopeTable
{
    private readonly Rope _rope;
    private readonly TensorView _cos;
    private readonly TensorView _sin;
    private readonly Spud.Numerics.RopeAngles _angles;
    private int _covered;

    public RopeTable(IBuildContext build, Rope rope)
    {
        (_rope, int half) = (rope, rope.Width / 2);
        _cos = build.Allocate(build.Host, ElementType.F32, build.Limits.ContextTokens, half);
        _sin = build.Allocate(build.Host, ElementType.F32, build.Limits.ContextTokens, half);
        _angles = new Spud.Numerics.RopeAngles(rope.Width, rope.Base, rope.Factors.AsSpan(), rope.Magnitude);
    }

    /// <summary>Whether the elements of a pair are adjacent.</summary>
    public bool Interleaved => _rope.Interleaved;

    /// <summary>Whether layers with this embedding share the table.</summary>
    public bool Serves(Rope rope) =>
        rope.Interleaved == _rope.Interleaved && rope.Width == _rope.Width && rope.Base == _rope.Base
        && rope.Magnitude == _rope.Magnitude && rope.Factors.AsSpan().SequenceEqual(_rope.Factors.AsSpan());

    /// <summary>Cosines [Width / 2] of a covered position.</summary>
    public ReadOnlySpan<float> Cos(int position) => _cos.At(position).AsSpan<float>();

    /// <summary>Sines [Width / 2] of a covered position.</summary>
    public ReadOnlySpan<float> Sin(int position) => _sin.At(position).AsSpan<float>();

    /// <summary>Ensures that positions 0 .. <paramref name="positions"/> - 1 are covered.</summary>
    public void Cover(int positions)
    {
        for (; _covered < positions; _covered++)
            _angles.Fill(_covered, _cos.At(_covered).AsSpan<float>(), _sin.At(_covered).AsSpan<float>());
    }
}
