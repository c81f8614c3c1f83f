using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>
/// Between projections and attention: every head of q and k is normalised, rotated by its position (RoPE over halves) and laid out so that
/// heads that share a key are adjacent: q [B G, T R, D], k and v [B G, T, D], where R = H / G. q is scaled by D^-1/2 as well. Scores need q and
/// k in f32; v is of the products' type.
/// </summary>
internal sealed unsafe class HeadLayout(int queryHeads, int kvHeads, int width, int tokens, float ropeBase, float epsilon)
{
    private readonly float[] _cos = Angles(tokens, width, ropeBase, MathF.Cos), _sin = Angles(tokens, width, ropeBase, MathF.Sin);
    private readonly int _shared = queryHeads / kvHeads;

    private int RowWidth => (queryHeads + 2 * kvHeads) * width;

    /// <param name="qkv">[B T, (H + 2G) D].</param>
    /// <param name="qNorm">[D].</param>
    /// <param name="kNorm">[D].</param>
    /// <param name="q">Written.</param>
    /// <param name="k">Written.</param>
    /// <param name="v">Written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward<TE>(Tensor qkv, Tensor qNorm, Tensor kNorm, Tensor q, Tensor k, Tensor v)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(qkv);
        TE* from = TensorMemory.Of<TE>(qkv);
        float* wq = TensorMemory.Of<float>(qNorm), wk = TensorMemory.Of<float>(kNorm);
        float* toQ = TensorMemory.Of<float>(q), toK = TensorMemory.Of<float>(k);
        TE* toV = TensorMemory.Of<TE>(v);
        float scale = 1 / MathF.Sqrt(width);
        for (int row = 0; row < rows; row++, from += RowWidth)
        {
            int t = row % tokens;
            for (int h = 0; h < queryHeads; h++)
                Turn(from + h * width, wq, toQ + QueryOffset(row, h), t, scale);
            for (int g = 0; g < kvHeads; g++)
            {
                Turn(from + (queryHeads + g) * width, wk, toK + KeyOffset(row, g), t, 1);
                TE* value = from + (queryHeads + kvHeads + g) * width;
                for (int i = 0; i < width; i += 16)
                    TE.Store(toV + KeyOffset(row, g) + i, TE.Load(value + i));
            }
        }
    }

    /// <summary>The gradient of qkv is written over it; those of the norms' weights are added to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward<TE>(Tensor qkv, Tensor qNorm, Tensor kNorm, Tensor dq, Tensor dk, Tensor dv, Tensor dqNorm, Tensor dkNorm)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(qkv);
        TE* at = TensorMemory.Of<TE>(qkv);
        float* wq = TensorMemory.Of<float>(qNorm), wk = TensorMemory.Of<float>(kNorm), dwq = TensorMemory.Of<float>(dqNorm), dwk = TensorMemory.Of<float>(dkNorm);
        float* fromQ = TensorMemory.Of<float>(dq), fromK = TensorMemory.Of<float>(dk), fromV = TensorMemory.Of<float>(dv);
        float scale = 1 / MathF.Sqrt(width);
        for (int row = 0; row < rows; row++, at += RowWidth)
        {
            int t = row % tokens;
            for (int h = 0; h < queryHeads; h++)
                TurnBack(at + h * width, wq, fromQ + QueryOffset(row, h), dwq, t, scale);
            for (int g = 0; g < kvHeads; g++)
            {
                TurnBack(at + (queryHeads + g) * width, wk, fromK + KeyOffset(row, g), dwk, t, 1);
                TE* value = at + (queryHeads + kvHeads + g) * width;
                for (int i = 0; i < width; i += 16)
                    TE.Store(value + i, Vector512.Load(fromV + KeyOffset(row, g) + i));
            }
        }
    }

    /// <summary>Attention's output of some queries, [B G, queries R, D], to its place in [B T, H D].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Merge<TE>(Tensor block, int first, Tensor merged)
        where TE : unmanaged, IElement<TE>
    {
        TE* from = TensorMemory.Of<TE>(block), to = TensorMemory.Of<TE>(merged);
        int run = _shared * width, queries = (int)block.shape[1] / _shared;
        for (int matrix = 0; matrix < block.shape[0]; matrix++)
        {
            for (int t = 0; t < queries; t++, from += run)
            {
                TE* place = to + MergedOffset(matrix, first + t);
                for (int i = 0; i < run; i += 16)
                    TE.Store(place + i, TE.Load(from + i));
            }
        }
    }

    /// <summary>The inverse of <see cref="Merge"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Split<TE>(Tensor merged, int first, Tensor block)
        where TE : unmanaged, IElement<TE>
    {
        TE* from = TensorMemory.Of<TE>(merged), to = TensorMemory.Of<TE>(block);
        int run = _shared * width, queries = (int)block.shape[1] / _shared;
        for (int matrix = 0; matrix < block.shape[0]; matrix++)
        {
            for (int t = 0; t < queries; t++, to += run)
            {
                TE* place = from + MergedOffset(matrix, first + t);
                for (int i = 0; i < run; i += 16)
                    TE.Store(to + i, TE.Load(place + i));
            }
        }
    }

    private long MergedOffset(int matrix, int t) => ((long)(matrix / kvHeads) * tokens + t) * queryHeads * width + matrix % kvHeads * _shared * width;

    private long QueryOffset(int row, int head) => ((((long)(row / tokens) * kvHeads + head / _shared) * tokens + row % tokens) * _shared + head % _shared) * width;

    private long KeyOffset(int row, int head) => (((long)(row / tokens) * kvHeads + head) * tokens + row % tokens) * width;

    private void Turn<TE>(TE* x, float* w, float* y, int t, float scale)
        where TE : unmanaged, IElement<TE>
    {
        int half = width / 2;
        Vector512<float> factor = Vector512.Create(InverseOfRms(x) * scale);
        for (int i = 0; i < half; i += 16)
        {
            Vector512<float> a = TE.Load(x + i) * Vector512.Load(w + i) * factor, b = TE.Load(x + half + i) * Vector512.Load(w + half + i) * factor;
            Vector512<float> cos = Vector512.Create(_cos.AsSpan(t * half + i)), sin = Vector512.Create(_sin.AsSpan(t * half + i));
            (a * cos - b * sin).Store(y + i);
            (b * cos + a * sin).Store(y + half + i);
        }
    }

    private void TurnBack<TE>(TE* x, float* w, float* dy, float* dw, int t, float scale)
        where TE : unmanaged, IElement<TE>
    {
        int half = width / 2;
        float inverse = InverseOfRms(x);
        Vector512<float> factor = Vector512.Create(inverse), products = default;
        for (int i = 0; i < half; i += 16)
        {
            Vector512<float> cos = Vector512.Create(_cos.AsSpan(t * half + i)) * scale, sin = Vector512.Create(_sin.AsSpan(t * half + i)) * scale;
            Vector512<float> a = Vector512.Load(dy + i), b = Vector512.Load(dy + half + i);
            Vector512<float> da = a * cos + b * sin, db = b * cos - a * sin;
            Vector512<float> xa = TE.Load(x + i), xb = TE.Load(x + half + i);
            (Vector512.Load(dw + i) + da * xa * factor).Store(dw + i);
            (Vector512.Load(dw + half + i) + db * xb * factor).Store(dw + half + i);
            da *= Vector512.Load(w + i);
            db *= Vector512.Load(w + half + i);
            products += da * xa + db * xb;
            da.Store(dy + i);
            db.Store(dy + half + i);
        }

        Vector512<float> mean = Vector512.Create(Vector512.Sum(products) / width * inverse * inverse);
        for (int i = 0; i < width; i += 16)
            TE.Store(x + i, factor * (Vector512.Load(dy + i) - TE.Load(x + i) * mean));
    }

    private float InverseOfRms<TE>(TE* x)
        where TE : unmanaged, IElement<TE>
    {
        Vector512<float> squares = default;
        for (int i = 0; i < width; i += 16)
            squares += TE.Load(x + i) * TE.Load(x + i);

        return 1 / MathF.Sqrt(Vector512.Sum(squares) / width + epsilon);
    }

    private static float[] Angles(int tokens, int width, float ropeBase, Func<float, float> of)
    {
        int half = width / 2;
        float[] table = new float[tokens * half];
        for (int t = 0; t < tokens; t++)
        {
            for (int i = 0; i < half; i++)
                table[t * half + i] = of((float)(t * Math.Pow(ropeBase, -2.0 * i / width)));
        }

        return table;
    }
}
