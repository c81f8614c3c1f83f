using Spud;

namespace Backend.Onnx.Attention;

/// <summary>Cosines and sines by position, computed in double precision up to the highest position seen so far.</summary>
internal sealed class RopeTable
{
    private readonly Rope _rope;
    private readonly Spud.Numerics.RopeAngles _angles;
    private readonly TensorView _cos, _sin;
    private int _covered;

    public RopeTable(IBuildContext build, IMemoryDomain domain, Rope rope)
    {
        (_rope, int half) = (rope, rope.Width / 2);

        // The operator needs at least as many positions as a step has rows.
        int positions = Math.Max(build.Limits.ContextTokens, build.Limits.Rows);
        (_cos, _sin) = (build.Allocate(build.Host, ElementType.F32, positions, half), build.Allocate(build.Host, ElementType.F32, positions, half));
        (Cos, Sin) = domain.IsHost
            ? (_cos, _sin)
            : (build.Allocate(domain, ElementType.F32, positions, half), build.Allocate(domain, ElementType.F32, positions, half));
        _angles = new Spud.Numerics.RopeAngles(rope.Width, rope.Base, rope.Factors.AsSpan(), rope.Magnitude);
    }

    /// <summary>F32 [positions, Width / 2].</summary>
    public TensorView Cos { get; }

    /// <summary>F32 [positions, Width / 2].</summary>
    public TensorView Sin { get; }

    /// <summary>Whether the elements of a pair are adjacent.</summary>
    public bool Interleaved => _rope.Interleaved;

    /// <summary>Rotated elements of a head.</summary>
    public int Width => _rope.Width;

    /// <summary>Whether layers with this embedding share the table.</summary>
    public bool Serves(Rope rope) =>
        rope.Interleaved == _rope.Interleaved && rope.Width == _rope.Width && rope.Base == _rope.Base
        && rope.Magnitude == _rope.Magnitude && rope.Factors.AsSpan().SequenceEqual(_rope.Factors.AsSpan());

    /// <summary>Ensures that positions 0 .. <paramref name="positions"/> - 1 are covered.</summary>
    public void Cover(int positions)
    {
        int first = _covered;
        for (; _covered < positions; _covered++)
            _angles.Fill(_covered, _cos.At(_covered).AsSpan<float>(), _sin.At(_covered).AsSpan<float>());

        if (first == _covered || Cos.Domain.IsHost)
            return;

        Cos.Domain.Copy(_cos.Rows(first, _covered - first), Cos.Rows(first, _covered - first));
        Sin.Domain.Copy(_sin.Rows(first, _covered - first), Sin.Rows(first, _covered - first));
    }
}
