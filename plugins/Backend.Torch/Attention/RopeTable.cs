using Backend.Torch.Shared;
using Spud;
using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Attention;

/// <summary>
/// Cosines and sines by position, computed in double precision. A pair (a, b) is rotated to (a cos - b sin, b cos + a sin): the table holds
/// each cosine twice and each sine with both signs, so that a row is rotated by x cos + partner(x) sin, where partner swaps a and b.
/// </summary>
internal sealed class RopeTable : IDisposable
{
    private const int RowsAtOnce = 4096;
    private static readonly long[] s_pair = [-1];
    private readonly Rope _rope;
    private readonly Tensor _table;

    public RopeTable(IBuildContext build, WeightLoader weights, Rope rope)
    {
        _rope = rope;
        TensorView table = build.Allocate(weights.Domain, ElementType.F32, build.Limits.ContextTokens, 2, rope.Width);
        _table = weights.Device.Tensor(table);
        Fill(weights.Device.Torch);
    }

    /// <summary>Number of rotated elements of a head; those after them are unchanged.</summary>
    public int Width => _rope.Width;

    /// <summary>Whether layers with this embedding share the table.</summary>
    public bool Serves(Rope rope) =>
        rope.Width == _rope.Width && rope.Base == _rope.Base && rope.Magnitude == _rope.Magnitude && rope.Interleaved == _rope.Interleaved
        && rope.Factors.AsSpan().SequenceEqual(_rope.Factors.AsSpan());

    /// <summary>Rotates heads [T, N, D] by the positions [T] of their rows.</summary>
    public Tensor Turned(Tensor heads, Tensor positions)
    {
        using Tensor rows = _table.index_select(0, positions), cos = rows.narrow(1, 0, 1), sin = rows.narrow(1, 1, 1);
        long width = heads.size(2), still = width - Width;
        if (still == 0)
            return Turned(heads, cos, sin);

        using Tensor moving = heads.narrow(2, 0, Width), rest = heads.narrow(2, Width, still), turned = Turned(moving, cos, sin);
        return cat([turned, rest], 2);
    }

    public void Dispose() => _table.Dispose();

    private Tensor Turned(Tensor x, Tensor cos, Tensor sin)
    {
        using Tensor partner = Partner(x);
        Tensor turned = x.mul(cos);
        turned.addcmul_(partner, sin, Factor.One.Scalar);
        return turned;
    }

    private Tensor Partner(Tensor x)
    {
        if (!_rope.Interleaved)
            return x.roll(Width / 2, -1);

        using Tensor pairs = x.reshape(x.size(0), x.size(1), Width / 2, 2), swapped = pairs.flip(s_pair);
        return swapped.view(x.size(0), x.size(1), Width);
    }

    private void Fill(torch.Device device)
    {
        double[] frequencies = [.. Enumerable.Range(0, Width / 2).Select(i =>
            Math.Pow(_rope.Base, -2.0 * i / Width) / (_rope.Factors.IsEmpty ? 1 : _rope.Factors[i]))];
        using Tensor turns = tensor(frequencies, device: device);
        for (long first = 0, rows; first < _table.size(0); first += rows)
        {
            rows = Math.Min(RowsAtOnce, _table.size(0) - first);
            using Tensor positions = arange(first, first + rows, ScalarType.Float64, device), column = positions.unsqueeze(1), angles = column.mul(turns);
            using Tensor cos = angles.cos(), sin = angles.sin(), negative = sin.neg();
            using Tensor part = _table.narrow(0, first, rows), cosPart = part.select(1, 0), sinPart = part.select(1, 1);
            Write(cos, cos, cosPart);
            Write(negative, sin, sinPart);
        }
    }

    /// <summary>Writes the values for a and b of each pair in the order in which heads store them.</summary>
    private void Write(Tensor a, Tensor b, Tensor rows)
    {
        using Tensor both = _rope.Interleaved ? stack([a, b], -1) : cat([a, b], 1), wide = both.reshape(rows.size(0), Width);
        using Scalar magnitude = (double)_rope.Magnitude;
        wide.mul_(magnitude);
        rows.copy_(wide);
    }
}
