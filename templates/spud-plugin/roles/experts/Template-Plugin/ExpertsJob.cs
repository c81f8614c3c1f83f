using System.Numerics.Tensors;
using Spud;

namespace TemplateSpace;

/// <summary>One part for each row. A struct, so that a fork allocates nothing.</summary>
internal struct ExpertsJob : IJob
{
    public required LayerDescription Layer;
    public required float Epsilon;
    public required ExpertWeights Weights;
    public required TensorView Input;
    public required RoutingPlan Plan;
    public required TensorView Output;
    public required float[][] Scratch;

    public readonly void Run(int part, int worker)
    {
        Span<float> output = Output.At(part).AsSpan<float>(), scratch = Scratch[worker];
        int c = output.Length, f = Layer.ExpertWidth;
        Span<float> x = scratch[..c], sum = scratch.Slice(c, c), gate = scratch.Slice(2 * c, f), up = scratch.Slice(2 * c + f, f);
        Norm(Input.At(part).AsSpan<float>(), x);
        sum.Clear();
        ReadOnlySpan<int> offsets = Plan.Offsets.AsSpan<int>(), experts = Plan.Experts.AsSpan<int>();
        for (int entry = offsets[part]; entry < offsets[part + 1]; entry++)
            AddExpert(experts[entry], Plan.Weights.AsSpan<float>()[entry], x, gate, up, sum);

        // Input and output may be the same memory: this row of the input has been read to its end.
        TensorPrimitives.MultiplyAdd(sum, Layer.Number(Trait.ExpertResidualScale, 1), output, output);
    }

    private readonly void Norm(ReadOnlySpan<float> input, Span<float> x)
    {
        float scale = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares(input) / input.Length + Epsilon);
        TensorPrimitives.Multiply(input, scale, x);
        TensorPrimitives.Multiply(x, Weights.Norm.AsSpan<float>(), x);
    }

    private readonly void AddExpert(int expert, float weight, ReadOnlySpan<float> x, Span<float> gate, Span<float> up, Span<float> sum)
    {
        Multiply(Weights.Gate.At(expert), x, gate);
        Multiply(Weights.Up.At(expert), x, up);
        for (int i = 0; i < gate.Length; i++)
            gate[i] = (Layer.Has(Trait.Gelu) ? Gelu(gate[i]) : gate[i] / (1 + MathF.Exp(-gate[i]))) * up[i];

        TensorView down = Weights.Down.At(expert);
        for (int i = 0; i < sum.Length; i++)
            sum[i] += weight * TensorPrimitives.Dot(down.At(i).AsSpan<float>(), gate);
    }

    private static void Multiply(in TensorView matrix, ReadOnlySpan<float> x, Span<float> y)
    {
        for (int row = 0; row < y.Length; row++)
            y[row] = TensorPrimitives.Dot(matrix.At(row).AsSpan<float>(), x);
    }

    private static float Gelu(float x) => 0.5f * x * (1 + MathF.Tanh(0.7978845608f * (x + 0.044715f * x * x * x)));
}
