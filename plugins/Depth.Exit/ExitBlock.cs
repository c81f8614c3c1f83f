using Spud;
using Spud.Numerics;

namespace Depth.Exit;

/// <summary>
/// A trained exit behind one layer. With x = h / rms(h) of the residual stream h there: the row that the head reads is A x + b, fitted to the last layer's h / rms(h), whose length the final norm
/// ignores (a translator as in the tuned lens, arXiv:2303.08112); and sigmoid(p x + q) estimates the probability that both lead to the same next token.
/// </summary>
internal sealed unsafe class ExitBlock
{
    private readonly TensorView _map, _bias, _probe, _row;
    private readonly float _probeBias;
    private readonly int _width;

    /// <param name="build">The pipeline's.</param>
    /// <param name="pack">The exits.</param>
    /// <param name="layer">The layer behind which it is.</param>
    /// <exception cref="RefusedException">The pack has no such exit.</exception>
    public ExitBlock(IBuildContext build, IPack pack, int layer)
    {
        _width = build.Model.HiddenWidth;
        TensorView map = pack.Take($"exit.{layer}.map", _width, _width);
        MapBytes = map.Bytes;
        _map = Floats(build, map);
        _bias = Floats(build, pack.Take($"exit.{layer}.bias", _width));
        _probe = Floats(build, pack.Take($"exit.{layer}.probe", _width));
        _probeBias = (float)(pack.Number($"exit.{layer}.probe_bias") ?? throw new RefusedException($"the pack has no 'exit.{layer}.probe_bias': write it again with 'spud calibrate exits'"));
        _row = build.Allocate(build.Host, ElementType.F32, _width);
    }

    /// <summary>Bytes of A as the pack stores it.</summary>
    public long MapBytes { get; }

    /// <summary>Probability that a row leads to the same next token from here as behind the last layer.</summary>
    /// <param name="hidden">F32 [C].</param>
    public float Agreement(in TensorView hidden)
    {
        Normalise(hidden);
        return 1 / (1 + MathF.Exp(-(Dot.Run((float*)_row.Address, (float*)_probe.Address, _width) + _probeBias)));
    }

    /// <summary>Replaces a row by what the head reads.</summary>
    /// <param name="hidden">F32 [C].</param>
    public void Translate(in TensorView hidden)
    {
        Normalise(hidden);
        Span<float> row = hidden.AsSpan<float>(), bias = _bias.AsSpan<float>();
        for (int i = 0; i < row.Length; i++)
            row[i] = bias[i] + Dot.Run((float*)_row.Address, (float*)_map.Address + (long)i * _width, _width);
    }

    private void Normalise(in TensorView hidden) => RmsNorm.Run((float*)hidden.Address, null, 1e-12f, (float*)_row.Address, _width);

    private static TensorView Floats(IBuildContext build, in TensorView from)
    {
        TensorView floats = build.Allocate(build.Host, ElementType.F32, from.Shape);
        build.Host.Copy(from, floats);
        return floats;
    }
}
