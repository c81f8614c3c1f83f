using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Shared;

/// <summary>
/// The packed weights of one component: asked for while its layers are made, then allocated in one piece, so that large pages can hold
/// them, and filled.
/// </summary>
internal sealed class Packing(IBuildContext build, ActivationPrecision precision)
{
    private const int Line = 64;
    private readonly List<(Linear Matrix, TensorView Weight, TensorView Release)> _wanted = [];
    private long _lines;

    /// <summary>What the component's options say.</summary>
    public ActivationPrecision Precision => precision;

    /// <summary>Packs a matrix later.</summary>
    /// <param name="matrix">Of it.</param>
    /// <param name="weight">[N, K], as in the file.</param>
    /// <param name="release">What leaves the file's memory then; may be absent.</param>
    public void Add(Linear matrix, in TensorView weight, in TensorView release)
    {
        _wanted.Add((matrix, weight, release));
        _lines += LinesOf(matrix, weight);
    }

    /// <summary>Packs everything that was asked for.</summary>
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
