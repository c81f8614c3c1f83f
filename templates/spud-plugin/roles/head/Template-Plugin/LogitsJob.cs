using System.Numerics.Tensors;
using Spud;

namespace TemplateSpace;

/// <summary>One part for each block of the vocabulary. A struct, so that a fork allocates nothing.</summary>
internal struct LogitsJob : IJob
{
    /// <summary>Tokens of a part: fixed, so that the result does not depend on the number of threads.</summary>
    public const int Block = 512;

    public required ModelDescription Model;
    public required TensorView Norm;
    public required TensorView Output;
    public required TensorView Row;
    public required TensorView Logits;
    public required float[][] Scratch;

    public readonly void Run(int part, int worker)
    {
        ReadOnlySpan<float> row = Row.AsSpan<float>();
        Span<float> x = Scratch[worker], logits = Logits.AsSpan<float>();
        float scale = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares(row) / row.Length + Model.NormEpsilon);
        TensorPrimitives.Multiply(row, scale, x);
        TensorPrimitives.Multiply(x, Norm.AsSpan<float>(), x);
        for (int token = part * Block; token < Math.Min(logits.Length, (part + 1) * Block); token++)
            logits[token] = TensorPrimitives.Dot(Output.At(token).AsSpan<float>(), x) * Model.Number(Trait.LogitScale, 1);
    }
}
