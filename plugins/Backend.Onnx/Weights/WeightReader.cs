using System.Runtime.InteropServices;
using Backend.Onnx.Device;
using Backend.Onnx.Shared;
using Spud;

namespace Backend.Onnx.Weights;

/// <summary>Reads the weights of one component and lays them out for ONNX Runtime.</summary>
internal sealed class WeightReader(IBuildContext build, OnnxDevice device, MatrixOptions options)
{
    private const int ElementsAtOnce = 1 << 20;
    private float[] _scratch = [];
    private byte[] _staged = [];
    private long _widenedBytes;

    /// <summary>The memory domain of the weights.</summary>
    public IMemoryDomain Domain { get; } = device.Domain(build);

    // Type of matrices kept in the file's layout; null if they are laid out for the CPU.
    private ElementType? RowType => options.Weights switch
    {
        WeightFormat.F16 => ElementType.F16,
        WeightFormat.BF16 => ElementType.BF16,
        _ => Domain.IsHost ? null : ElementType.F32,
    };

    /// <summary>A small weight, expanded to f32; the file's pages are released.</summary>
    public TensorView Floats(string name, params ReadOnlySpan<int> shape)
    {
        TensorView weight = build.Weights.Take(name, shape), floats = build.Allocate(Domain, ElementType.F32, shape);
        Convert(weight, floats);
        build.Weights.Release(weight);
        return floats;
    }

    /// <summary>The same if the condition holds, otherwise an absent view.</summary>
    public TensorView FloatsIf(bool condition, string name, params ReadOnlySpan<int> shape) => condition ? Floats(name, shape) : default;

    /// <summary>A matrix [N, K].</summary>
    public Matrix Matrix(string name, int outputs, int inputs) => Matrix(inputs, (name, outputs));

    /// <summary>Matrices with the same inputs, stacked into one.</summary>
    public Matrix Matrix(int inputs, params ReadOnlySpan<(string Name, int Outputs)> parts)
    {
        TensorView[] weights = new TensorView[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            weights[i] = build.Weights.Take(parts[i].Name, parts[i].Outputs, inputs);

        Matrix matrix = Of(inputs, weights);
        foreach (TensorView weight in weights)
            build.Weights.Release(weight);
        return matrix;
    }

    /// <summary>A matrix [N, K] stored in the file as [1, N, K].</summary>
    public Matrix OnlyExpert(string name, int outputs, int inputs)
    {
        TensorView weights = build.Weights.Take(name, 1, outputs, inputs);
        Matrix matrix = Share(weights.At(0));
        build.Weights.Release(weights);
        return matrix;
    }

    /// <summary>A matrix that is still read from the file.</summary>
    public Matrix Share(in TensorView weight) => Of(weight.Shape[1], [weight]);

    /// <summary>A matrix [N, K] for row look-up, in its stored form.</summary>
    public RowMatrix Table(string name, int outputs, int inputs)
    {
        TensorView weight = build.Weights.Take(name, outputs, inputs);
        RowMatrix matrix = InRows(RowType ?? ElementType.F32, outputs, inputs, [weight]);
        build.Weights.Release(weight);
        return matrix;
    }

    /// <summary>E matrices [N, K]: F32, each transposed, [E, K, N]; or, on a device or in 16 bits, [E, N, K].</summary>
    public TensorView Experts(string name, int experts, int outputs, int inputs)
    {
        TensorView weights = build.Weights.Take(name, experts, outputs, inputs);
        TensorView all = RowType is { } type
            ? build.Allocate(Domain, type, experts, outputs, inputs)
            : build.Allocate(build.Host, ElementType.F32, experts, inputs, outputs);
        for (int i = 0; i < experts; i++)
        {
            if (RowType is null)
                Expand(weights.At(i), all.At(i), 0);
            else
                Bring(weights.At(i), all.At(i));
        }

        if (RowType is ElementType.F16 or ElementType.BF16)
            EstimateWidened((long)outputs * inputs * sizeof(float));

        build.Weights.Release(weights);
        return all;
    }

    private Matrix Of(int inputs, TensorView[] weights)
    {
        int outputs = weights.Sum(weight => weight.Shape[0]);
        if (RowType is { } type)
            return InRows(type, outputs, inputs, weights);

        ElementType stored = weights[0].Type;
        return options.Weights == WeightFormat.Auto && BlockMapping.Of(stored, options.Activations) is { } mapping && weights.All(weight => weight.Type == stored)
            ? Blocks(mapping, outputs, inputs, weights)
            : options.Prepack && (long)outputs * inputs * sizeof(float) <= PackedMatrix.MaxBytes ? Packed(outputs, inputs, weights) : Transposed(outputs, inputs, weights);
    }

    private PackedMatrix Packed(int outputs, int inputs, TensorView[] weights)
    {
        byte[] values = GC.AllocateUninitializedArray<byte>(outputs * inputs * sizeof(float), pinned: true);
        TensorView expanded = new(build.Host, Marshal.UnsafeAddrOfPinnedArrayElement(values, 0), ElementType.F32, outputs, inputs);
        int row = 0;
        foreach (TensorView weight in weights)
        {
            ExpandRowsJob job = new() { Weight = weight, Expanded = expanded.Rows(row, weight.Shape[0]) };
            build.Pool.Run(job.Parts, ref job);
            row += weight.Shape[0];
        }

        return new PackedMatrix { Outputs = outputs, Inputs = inputs, Values = values };
    }

    private RowMatrix InRows(ElementType type, int outputs, int inputs, TensorView[] weights)
    {
        TensorView values = build.Allocate(Domain, type, outputs, inputs);
        int row = 0;
        foreach (TensorView weight in weights)
        {
            Bring(weight, values.Rows(row, weight.Shape[0]));
            row += weight.Shape[0];
        }

        RowMatrix matrix = new() { Outputs = outputs, Inputs = inputs, Values = values };
        EstimateWidened(matrix.WidenedBytes);
        return matrix;
    }

    private FloatMatrix Transposed(int outputs, int inputs, TensorView[] weights)
    {
        TensorView transposed = build.Allocate(build.Host, ElementType.F32, inputs, outputs);
        int column = 0;
        foreach (TensorView weight in weights)
        {
            Expand(weight, transposed, column);
            column += weight.Shape[0];
        }

        return new FloatMatrix { Outputs = outputs, Inputs = inputs, Transposed = transposed };
    }

    private BlockMatrix Blocks(BlockMapping mapping, int outputs, int inputs, TensorView[] weights)
    {
        byte[] codes = new byte[CodeBytes(mapping, outputs, inputs)];
        float[] scales = new float[outputs * (inputs / mapping.Elements)];
        float[] values = ScratchOf(inputs);
        int row = 0, codeBytes = inputs * mapping.Bits / 8, blocks = inputs / mapping.Elements;
        foreach (TensorView weight in weights)
        {
            for (int i = 0; i < weight.Shape[0]; i++, row++)
            {
                TensorView source = weight.At(i);
                build.Host.Copy(source, new TensorView(build.Host, Marshal.UnsafeAddrOfPinnedArrayElement(values, 0), ElementType.F32, inputs));
                mapping.Map(
                    weight.Type, source.AsSpan<byte>(), values.AsSpan(0, inputs),
                    codes.AsSpan(row * codeBytes, codeBytes), scales.AsSpan(row * blocks, blocks));
            }
        }

        return new BlockMatrix { Outputs = outputs, Inputs = inputs, Mapping = mapping, Activations = options.Activations, Codes = codes, Scales = scales };
    }

    /// <summary>Bytes of a matrix's codes, which are passed to ONNX Runtime as one array.</summary>
    /// <exception cref="RefusedException">They do not fit into one array.</exception>
    internal static int CodeBytes(BlockMapping mapping, int outputs, int inputs)
    {
        long bytes = (long)outputs * inputs * mapping.Bits / 8;
        return bytes <= Array.MaxLength
            ? (int)bytes
            : throw new RefusedException(
                $"a matrix of {outputs} x {inputs} block weights needs {bytes} bytes of codes; ONNX Runtime gets them as one array of at most {Array.MaxLength} bytes. "
                + "Set the option weights to f16, bf16 or f32.");
    }

    private void Expand(in TensorView weight, in TensorView transposed, int column)
    {
        ExpandJob job = new()
        {
            Weight = weight,
            Transposed = transposed,
            FirstColumn = column,
            Scratch = ScratchOf(checked(build.Pool.Threads * ExpandJob.Rows * weight.Shape[1])),
        };
        build.Pool.Run(job.Parts, ref job);
    }

    // A matrix [N, K]; transferred to a device a number of rows at a time.
    private void Bring(in TensorView weight, in TensorView target)
    {
        (int rows, int width) = (weight.Shape[0], weight.Shape[1]);
        int atOnce = Domain.IsHost ? rows : Math.Max(1, ElementsAtOnce / width);
        for (int row = 0; row < rows; row += atOnce)
        {
            int count = Math.Min(atOnce, rows - row);
            TensorView place = target.Rows(row, count), here = Domain.IsHost ? place : Staged(target.Type, count, width);
            RowsJob job = new() { Weight = weight.Rows(row, count), Target = here, Scratch = ScratchOf(checked(build.Pool.Threads * RowsJob.Rows * width)) };
            build.Pool.Run(job.Parts, ref job);
            if (!Domain.IsHost)
                Domain.Copy(here, place);
        }
    }

    // Any shape, to F32.
    private void Convert(in TensorView weight, in TensorView floats)
    {
        if (Domain.IsHost)
        {
            build.Host.Copy(weight, floats);
            return;
        }

        TensorView here = Staged(ElementType.F32, weight.Shape);
        build.Host.Copy(weight, here);
        Domain.Copy(here, floats);
    }

    private TensorView Staged(ElementType type, params ReadOnlySpan<int> shape)
    {
        long elements = 1;
        foreach (int length in shape)
            elements *= length;
        if (_staged.Length < type.BytesOf(elements))
            _staged = GC.AllocateUninitializedArray<byte>(checked((int)type.BytesOf(elements)), pinned: true);

        return new TensorView(build.Host, Marshal.UnsafeAddrOfPinnedArrayElement(_staged, 0), type, shape);
    }

    // One arena serves all graphs, so only the largest counts.
    private void EstimateWidened(long bytes)
    {
        if (bytes <= _widenedBytes)
            return;

        build.EstimateNative(Domain, bytes - _widenedBytes);
        _widenedBytes = bytes;
    }

    // Pinned, because the host's copies need an address.
    private float[] ScratchOf(int floats)
    {
        if (_scratch.Length < floats)
            _scratch = GC.AllocateUninitializedArray<float>(floats, pinned: true);
        return _scratch;
    }
}
