using Spud.Conversion.Native;
using Spud.Models;

namespace Spud.Conversion;

/// <summary>
/// Rewrites a model with its weights in another format. Matrices are converted; vectors and routers, which are small but have a large effect, stay
/// unchanged, as do tensors already in the target format. Keys are copied.
/// </summary>
public sealed class ModelConverter
{
    private const string Router = "ffn_gate_inp.weight";
    private static readonly string[] s_heads = ["token_embd.weight", "output.weight"];

    // llama.cpp's numbers for "mostly" a type (llama_ftype), which it displays but nothing depends on.
    private static readonly Dictionary<ElementType, int> s_fileTypes = new()
    {
        [ElementType.F32] = 0,
        [ElementType.F16] = 1,
        [ElementType.Q4_0] = 2,
        [ElementType.Q4_1] = 3,
        [ElementType.Q8_0] = 7,
        [ElementType.Q4_K] = 15,
        [ElementType.Q6_K] = 18,
        [ElementType.BF16] = 32,
    };

    private readonly GgufFile _source;
    private readonly ConversionOptions _options;
    private readonly Dictionary<string, ElementType> _substituted = [];

    /// <summary>Creates a converter of an open model.</summary>
    /// <exception cref="ArgumentException">A type is not one of <see cref="Types"/>.</exception>
    public ModelConverter(GgufFile source, ConversionOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        foreach (ElementType type in (ElementType[])[options.Type, options.HeadType ?? options.Type])
        {
            if (!s_fileTypes.ContainsKey(type))
                throw new ArgumentException($"{type}: weights cannot be converted to it. Known: {string.Join(", ", Types)}.", nameof(options));
        }

        (_source, _options) = (source, options);
    }

    /// <summary>The supported target types.</summary>
    public static IEnumerable<ElementType> Types => s_fileTypes.Keys;

    /// <summary>Writes the converted model; until it is complete, an older file stays.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The conversion was cancelled.</exception>
    public ConversionSummary Save(string path, CancellationToken cancel = default)
    {
        GgufWriter writer = new();
        foreach (string key in _source.Metadata.Keys.Where(static key => !key.StartsWith("split.", StringComparison.Ordinal) && key != "general.alignment"))
            writer.Copy(_source.Metadata, key);
        writer.Set("general.file_type", s_fileTypes[_options.Type]);
        writer.Set("general.quantization_version", 2);

        Dictionary<ElementType, int> counts = [];
        long bytes = 0;
        foreach (GgufTensor tensor in _source.Tensors)
        {
            ElementType type = TypeOf(tensor);
            counts[type] = counts.GetValueOrDefault(type) + 1;
            bytes += tensor.Shape.Aggregate(1L, static (product, axis) => product * axis) / type.BlockElements * type.BlockBytes;
            writer.Add(tensor.Name, type, tensor.Shape.AsSpan(), stream => TensorConversion.Write(_source, tensor, type, stream, cancel));
        }

        writer.Save(path);
        return new(_source.Tensors.Sum(static tensor => tensor.Bytes), bytes, counts, _substituted);
    }

    private ElementType TypeOf(GgufTensor tensor)
    {
        bool isNumber = tensor.Type is not (ElementType.I8 or ElementType.I16 or ElementType.I32 or ElementType.I64);
        if (tensor.Shape.Length < 2 || !isNumber || !tensor.Name.EndsWith(".weight", StringComparison.Ordinal) || tensor.Name.EndsWith(Router, StringComparison.Ordinal))
            return tensor.Type;

        ElementType wanted = s_heads.Contains(tensor.Name) ? HeadType : _options.Type;
        ElementType type = Array.Find([wanted, ElementType.Q8_0, ElementType.F16], candidate => tensor.Shape[^1] % candidate.BlockElements == 0);
        if (type != wanted)
            _substituted[tensor.Name] = type;
        return type;
    }

    // As in llama.cpp: the head matters much for the quality of a small model, and little for the size of a large one.
    private ElementType HeadType => _options.HeadType ?? (_options.Type is ElementType.Q4_0 or ElementType.Q4_1 or ElementType.Q4_K ? ElementType.Q6_K : _options.Type);
}
