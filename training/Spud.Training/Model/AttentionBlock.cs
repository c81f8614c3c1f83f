using Spud.Training.Kernels;
using static TorchSharp.torch;

namespace Spud.Training.Model;

/// <summary>
/// Causal attention. Queries are processed in runs of <see cref="Run"/>, each against the keys up to its end, which skips most of the masked
/// part. The heads of a KV head are rows of one product.
/// </summary>
internal sealed class AttentionBlock<TE> : IBlock
    where TE : unmanaged, IElement<TE>
{
    private const int Run = 64;

    private readonly ModelShape _shape;
    private readonly HeadLayout _heads;
    private readonly Weight<TE> _norm, _qkv, _qNorm, _kNorm, _output;
    private readonly Tensor _x, _inverse, _q, _k, _v, _qRounded, _kRounded, _dq, _dk, _dv, _merged;
    private readonly Tensor[] _probabilities;
    private Tensor? _projected;

    public AttentionBlock(ParameterSet parameters, ModelShape shape, int sequences, int layer)
    {
        _shape = shape;
        _heads = new(shape.Heads, shape.KvHeads, shape.HeadWidth, shape.Tokens, shape.RopeBase, shape.NormEpsilon);
        string prefix = $"blk.{layer}.";
        (_norm, _qkv, _output) = (new(parameters, prefix + "attn_norm"), new(parameters, prefix + "attn_qkv"), new(parameters, prefix + "attn_output"));
        (_qNorm, _kNorm) = (new(parameters, prefix + "attn_q_norm"), new(parameters, prefix + "attn_k_norm"));
        long rows = (long)sequences * shape.Tokens, matrices = (long)sequences * shape.KvHeads;
        (_x, _inverse, _merged) = (empty(rows, shape.HiddenWidth, TE.Type), empty(rows), empty(rows, shape.Heads * shape.HeadWidth, TE.Type));
        (_q, _dq, _qRounded) = (Queries(ScalarType.Float32), Queries(ScalarType.Float32), Queries(TE.Type));
        (_k, _dk, _dv) = (Keys(ScalarType.Float32), Keys(ScalarType.Float32), Keys(ScalarType.Float32));
        (_kRounded, _v) = (Keys(TE.Type), Keys(TE.Type));
        _probabilities = new Tensor[(shape.Tokens + Run - 1) / Run];

        Tensor Queries(ScalarType type) => empty(matrices, shape.Tokens * Shared, shape.HeadWidth, type);
        Tensor Keys(ScalarType type) => empty(matrices, shape.Tokens, shape.HeadWidth, type);
    }

    private int Shared => _shape.Heads / _shape.KvHeads;

    public static IEnumerable<Parameter> Parameters(ModelShape shape, int layer)
    {
        string prefix = $"blk.{layer}.";
        double deviation = Math.Pow(shape.HiddenWidth, -0.5);
        yield return new(prefix + "attn_norm", 0, false, shape.HiddenWidth);
        yield return new(prefix + "attn_qkv", deviation, true, (shape.Heads + 2 * shape.KvHeads) * shape.HeadWidth, shape.HiddenWidth);
        yield return new(prefix + "attn_q_norm", 0, false, shape.HeadWidth);
        yield return new(prefix + "attn_k_norm", 0, false, shape.HeadWidth);
        yield return new(prefix + "attn_output", 0.3 * deviation, true, shape.HiddenWidth, shape.Heads * shape.HeadWidth);
    }

    public void Forward(Tensor input, Tensor output)
    {
        RmsNorm.Forward<TE>(input, _norm.Exact, _x, _inverse, _shape.NormEpsilon);
        _projected?.Dispose();
        _projected = Products.Forward(_x, _qkv.Value);
        _heads.Forward<TE>(_projected, _qNorm.Exact, _kNorm.Exact, _q, _k, _v);
        for (int run = 0; run < _probabilities.Length; run++)
            Attend(run);

        using Tensor added = Products.Forward(_merged, _output.Value);
        Elementwise.Add<TE>(input, added, output);
    }

    public void Backward(Tensor input, Tensor gradient)
    {
        using Tensor dAdded = empty(gradient.shape, TE.Type);
        Elementwise.Convert<TE>(gradient, dAdded);
        using (Tensor dOutput = Products.ToWeight(dAdded, _merged))
            _output.AddGradient(dOutput);
        using (Tensor dMerged = Products.ToInput(dAdded, _output.Value))
        {
            Elementwise.Convert<TE>(_q, _qRounded);
            Elementwise.Convert<TE>(_k, _kRounded);
            _dk.zero_().Dispose();
            _dv.zero_().Dispose();
            for (int run = 0; run < _probabilities.Length; run++)
                AttendBackward(run, dMerged);
        }

        _heads.Backward<TE>(_projected!, _qNorm.Exact, _kNorm.Exact, _dq, _dk, _dv, _qNorm.Gradient, _kNorm.Gradient);
        using (Tensor dQkv = Products.ToWeight(_projected!, _x))
            _qkv.AddGradient(dQkv);
        using Tensor dx = Products.ToInput(_projected!, _qkv.Value);
        RmsNorm.Backward<TE>(dx, input, _norm.Exact, _inverse, gradient, _norm.Gradient);
    }

    public void Dispose()
    {
        foreach (IDisposable? owned in (IDisposable?[])[_norm, _qkv, _qNorm, _kNorm, _output, _x, _inverse, _q, _k, _v, _qRounded, _kRounded, _dq, _dk, _dv, _merged, _projected, .. _probabilities])
            owned?.Dispose();
    }

    private (int First, int End) Queries(int run) => (run * Run, Math.Min(run * Run + Run, _shape.Tokens));

    private void Attend(int run)
    {
        (int first, int end) = Queries(run);
        using Tensor q = _q.narrow(1, first * Shared, (end - first) * Shared), k = _k.narrow(1, 0, end), v = _v.narrow(1, 0, end), turned = k.transpose(1, 2);
        using Tensor scores = q.bmm(turned);
        _probabilities[run] ??= empty(scores.shape, TE.Type);
        CausalSoftmax.Forward<TE>(scores, _probabilities[run], first, Shared);
        using Tensor values = _probabilities[run].bmm(v);
        _heads.Merge<TE>(values, first, _merged);
    }

    private void AttendBackward(int run, Tensor dMerged)
    {
        (int first, int end) = Queries(run);
        using Tensor q = _qRounded.narrow(1, first * Shared, (end - first) * Shared), k = _kRounded.narrow(1, 0, end), v = _v.narrow(1, 0, end), turned = v.transpose(1, 2);
        using Tensor dq = _dq.narrow(1, first * Shared, (end - first) * Shared), dk = _dk.narrow(1, 0, end), dv = _dv.narrow(1, 0, end);
        using Tensor upper = empty(q.shape, TE.Type);
        _heads.Split<TE>(dMerged, first, upper);
        using Tensor p = _probabilities[run].transpose(1, 2), valueGradient = p.bmm(upper);
        dv.add_(valueGradient).Dispose();
        using Tensor dScores = upper.bmm(turned);
        CausalSoftmax.Backward<TE>(_probabilities[run], dScores);
        using Tensor queryGradient = dScores.bmm(k), s = dScores.transpose(1, 2), keyGradient = s.bmm(q);
        dq.copy_(queryGradient);
        dk.add_(keyGradient).Dispose();
    }
}
