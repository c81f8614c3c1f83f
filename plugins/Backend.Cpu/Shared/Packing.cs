using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Shared;

/// <summary>
/// The packed weights of one component: requested while its layers are created, then allocated as one block, so that large pages can be
/// used, and filled.
/// </summary>
internal sealed class Packing(IBuildContext build, ActivationPrecision precision)
{
    private const int Line = 64;
    private readonly List<(Linear Matrix, TensorView Weight, TensorView Release)> _wanted = [];
    private long _lines;

    /// <summary>The precision given in the component's options.</summary>
    public ActivationPrecision Precision => precision;

    /// <summary>Queues a matrix for packing.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="weight">[N, K], as in the file.</param>
    /// <param name="release">Weight whose file memory is then released; may be absent.</param>
    public void Add(Linear matrix, in TensorView weight, in TensorView release)
    {
        _wanted.Add((matrix, weight, release));
        _lines += LinesOf(matrix, weight);
    }

    /// <summary>Packs all queued matrices.</summary>
    public void Run()
    {
        if (_wanted.Count == 0)
            return;

        TensorView all = build.Allocate(build.Host, ElementType.I8, checked((int)_lines), Line);
        int line = 0;
        foreach ((Linear matrix, TensorView weight, TensorView release) in _wanted)
        {
            int lines = checked((int)LinesOf(matrix, weight));
            PackJob job = new() { Weight = weight, Packed = all.Rows(line, lines) };
            build.Pool.Run(matrix.Tiles, ref job);
            matrix.Packed = job.Packed;
            line += lines;
            if (release.IsPresent)
                build.Weights.Release(release);
        }
    }

    private static long LinesOf(Linear matrix, in TensorView weight) => (long)matrix.Tiles * MatrixKernels.PackedTileBytes(weight) / Line;
}
