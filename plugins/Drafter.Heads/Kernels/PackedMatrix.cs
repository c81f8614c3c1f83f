using Spud;
using Spud.Numerics;

namespace Drafter.Heads.Kernels;

/// <summary>
/// A matrix W [N, K] in packed tiles: y = W x for x rounded to 8 bits, computed on the pipeline's threads. A matrix of a type that cannot be packed becomes Q8_0.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    private const int TileOutputs = PackedWeights.TileOutputs;

    private readonly WorkerPool _pool;
    private readonly TensorView _tiles;
    private readonly ElementType _type;
    private readonly int _outputs, _width;
    private readonly float[] _product;

    private PackedMatrix(IBuildContext build, ElementType type, int outputs, int width)
    {
        (_pool, _type, _outputs, _width, _product) = (build.Pool, type, outputs, width, new float[outputs]);
        _tiles = build.Allocate(build.Host, ElementType.I8, (outputs + TileOutputs - 1) / TileOutputs, checked((int)PackedWeights.TileBytes((int)type, width)));
    }

    /// <summary>Packs a matrix.</summary>
    public static PackedMatrix Of(IBuildContext build, in TensorView weight) => OfRows(build, weight, [.. Enumerable.Range(0, weight.Shape[0])]);

    /// <summary>Packs some rows of a matrix, in their order.</summary>
    /// <exception cref="RefusedException">A row is not a whole number of blocks.</exception>
    public static PackedMatrix OfRows(IBuildContext build, in TensorView weight, ReadOnlySpan<int> rows)
    {
        int width = weight.Shape[1];
        bool fits = PackedWeights.Takes((int)weight.Type, width);
        ElementType type = fits ? weight.Type : ElementType.Q8_0;
        if (!PackedWeights.Takes((int)type, width))
            throw new RefusedException($"a matrix has rows of {width}; expected a multiple of 32");

        PackedMatrix packed = new(build, type, rows.Length, width);
        TensorView tile = build.Allocate(build.Host, type, TileOutputs, width), exact = fits ? default : build.Allocate(build.Host, ElementType.F32, width);
        for (int first = 0; first < rows.Length; first += TileOutputs)
        {
            ReadOnlySpan<int> part = rows[first..Math.Min(rows.Length, first + TileOutputs)];
            for (int i = 0; i < part.Length; i++)
                CopyRow(build.Host, weight.At(part[i]), exact, tile.At(i));

            PackedWeights.Pack((int)type, (byte*)tile.Address, part.Length, width, (byte*)packed._tiles.At(first / TileOutputs).Address, 0, 1);
        }

        return packed;
    }

    /// <summary>Cost of a product with one row.</summary>
    public RowCost Cost => new(2L * _outputs * _width, _type.BytesOf((long)_outputs * _width));

    /// <summary>y = W x.</summary>
    /// <param name="x">[K].</param>
    /// <param name="y">F32 [N].</param>
    public void Multiply(RoundedRow x, Span<float> y)
    {
        fixed (float* target = y)
        {
            Job job = new() { Matrix = this, X = x.Rounded, Y = target };
            _pool.Run(_pool.Threads, ref job);
        }
    }

    /// <summary>y += W x.</summary>
    /// <param name="x">[K].</param>
    /// <param name="y">F32 [N].</param>
    public void AddProduct(RoundedRow x, Span<float> y)
    {
        Multiply(x, _product);
        for (int i = 0; i < y.Length; i++)
            y[i] += _product[i];
    }

    private static void CopyRow(IMemoryDomain host, in TensorView from, in TensorView exact, in TensorView to)
    {
        if (!exact.IsPresent)
        {
            from.AsSpan<byte>().CopyTo(to.AsSpan<byte>());
            return;
        }

        host.Copy(from, exact);
        host.Copy(exact, to);
    }

    /// <summary>A share of the tiles for each thread; what is computed does not depend on the shares.</summary>
    private struct Job : IJob
    {
        public required PackedMatrix Matrix;

        public required Q8Rows X;

        public required float* Y;

        public readonly void Run(int part, int worker)
        {
            int tiles = Matrix._tiles.Shape[0], parts = Matrix._pool.Threads;
            int first = TileOutputs * (tiles * part / parts), end = Math.Min(Matrix._outputs, TileOutputs * (tiles * (part + 1) / parts));
            if (end > first)
                PackedMatMul.Run((int)Matrix._type, (byte*)Matrix._tiles.Address, X, new(Y, Matrix._outputs, 1, Matrix._width, first, end - first));
        }
    }
}
