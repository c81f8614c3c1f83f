using System.Collections.Immutable;

namespace Spud.Models.Families;

/// <summary>Reads a model file according to its family: the description and the canonical weights, with every key and tensor accounted for.</summary>
public sealed class ModelReader
{
    /// <summary>Maximum number of layers; known models have far fewer.</summary>
    public const int MaxLayers = 1024;

    // Keys on which no computation of these families depends.
    private static readonly string[] Meaningless = ["attention.layer_norm_epsilon", "tensor_data_layout"];

    private readonly GgufFile _file;
    private readonly GgufMetadata _metadata;
    private readonly Family _family;
    private readonly ModelKeys _keys;
    private readonly TraitReader _traits;
    private readonly RopeScaling? _scaling;

    private ModelReader(GgufFile file, RopeScaling? scaling)
    {
        (_file, _metadata, _scaling) = (file, file.Metadata, scaling);
        _family = KnownFamilies.Of(_metadata.RequireString("general.architecture"), file.Path);
        _keys = new(file, _family);
        _traits = new(file, _family, _keys);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="file">The model's file.</param>
    /// <param name="scaling">RoPE scaling that replaces the file's; null to use the file's.</param>
    /// <exception cref="ModelFileException">The architecture is unknown, or a key is missing, invalid or not understood.</exception>
    public static (ModelDescription Description, WeightCatalog Weights) Read(GgufFile file, RopeScaling? scaling = null)
    {
        ModelReader reader = new(file, scaling);
        ModelDescription description = reader.Describe();
        reader.RefuseUnreadKeys();
        return (description, new WeightCatalog(WeightNames.Canonical(file, reader._family), file.Path));
    }

    private ModelDescription Describe()
    {
        int hidden = _keys.Required("embedding_length");
        int context = _keys.Required("context_length");
        int layers = _metadata.RequireInt(_keys["block_count"], 1, MaxLayers);
        int heads = _keys.Required("attention.head_count");
        int kvHeads = _keys.Optional("attention.head_count_kv", heads);
        if (heads % kvHeads != 0)
            throw _keys.Fault($"attention.head_count ({heads}) is not a multiple of attention.head_count_kv ({kvHeads})");

        KvGeometry kv = new()
        {
            Heads = kvHeads,
            KeyWidth = _keys.Optional("attention.key_length", hidden / heads),
            ValueWidth = _keys.Optional("attention.value_length", hidden / heads),
        };
        if (kv.KeyWidth == 0 || kv.ValueWidth == 0)
            throw _keys.Fault($"embedding_length ({hidden}) is smaller than attention.head_count ({heads})");
        RequireRows("attn_q", heads, kv.KeyWidth);
        RequireRows("attn_k", kvHeads, kv.KeyWidth);
        RequireRows("attn_v", kvHeads, kv.ValueWidth);

        return new()
        {
            Architecture = _family.Architecture,
            HiddenWidth = hidden,
            Vocabulary = Vocabulary(),
            ContextTokens = context,
            NormEpsilon = Epsilon(),
            Layers = Layers(hidden, heads, kv, layers),
            Traits = _traits.OfHead(hidden),
        };
    }

    private int Vocabulary()
    {
        if (!_file.TryGetTensor("token_embd.weight", out GgufTensor? embedding) || embedding.Shape.Length != 2)
            throw _keys.Fault("the model has no tensor 'token_embd.weight' [V, C]");

        // Files state sizes before or after padding; the number of rows is what counts.
        _metadata.Ignore(_keys["vocab_size"]);
        return embedding.Shape[0];
    }

    private float Epsilon()
    {
        string key = _keys["attention.layer_norm_rms_epsilon"];
        float epsilon = _metadata.RequireFloat(key);
        return epsilon >= 0 ? epsilon : throw _keys.Fault($"{key}: expected 0 or more, got {epsilon}: norms would be NaN");
    }

    // Checked before anything is allocated from the keys: a small file may state any size.
    private void RequireRows(string matrix, int heads, int width)
    {
        if (_file.TryGetTensor($"blk.0.{matrix}.weight", out GgufTensor? tensor) && tensor.Shape is [int rows, _] && rows != (long)heads * width)
            throw _keys.Fault($"tensor 'blk.0.{matrix}.weight' has {rows} rows, expected {heads} heads of {width}");
    }

    private ImmutableArray<LayerDescription> Layers(int hidden, int heads, KvGeometry kv, int count)
    {
        (Rope global, Rope local) = RopeReader.Read(_file, _family, kv.KeyWidth, FrequencyFactors(), _scaling);
        (int experts, int used) = Experts();
        int width = ExpertWidth(experts);
        bool[] windowed = WindowedLayers(count, out int window);
        Dictionary<string, float> common = _traits.Common(hidden, heads, count);
        return
        [
            .. Enumerable.Range(0, count).Select(layer => new LayerDescription
            {
                QueryHeads = heads,
                Kv = kv,
                Rope = windowed[layer] ? local : global,
                Experts = experts,
                ExpertsUsed = used,
                ExpertWidth = width,
                Traits = _traits.OfLayer(layer, common, windowed[layer] ? window : null, experts),
            }),
        ];
    }

    private (int Experts, int Used) Experts()
    {
        if (!_family.Mixture || !_metadata.TryGetInt(_keys["expert_count"], out int experts, 0, ushort.MaxValue) || experts == 0)
        {
            _metadata.Ignore(_keys["expert_gating_func"]);
            return (1, 1);
        }

        RequireSoftmax();

        return (experts, _metadata.RequireInt(_keys["expert_used_count"], 1, experts));
    }

    // 0 means none stated, 1 is softmax, 3 is softmax over the chosen experts, which equals softmax over all, selection and renormalisation.
    private void RequireSoftmax()
    {
        string key = _keys["expert_gating_func"];
        bool renormalises = _family.Traits.Any(trait => trait.Trait == Trait.Renormalise);
        if (_metadata.TryGetInt(key, out int function) && !(function is 0 or 1 || (function == 3 && renormalises)))
            throw _keys.Fault($"{key}: expected 1 (softmax), got {function}, which family '{_family.Architecture}' does not compute");
    }

    private int ExpertWidth(int experts)
    {
        int width = _keys.Optional("feed_forward_length", 0);
        bool stated = width > 0;
        if (experts > 1 && _family.ExpertWidthKey is { } key && _metadata.TryGetInt(_keys[key], out int own, 1))
            return own;

        return stated ? width : throw _keys.Fault("feed_forward_length is missing");
    }

    private bool[] WindowedLayers(int layers, out int window)
    {
        window = 0;
        bool[] windowed = new bool[layers];
        if (_family.WindowPeriod is not { } period || !_metadata.TryGetInt(_keys["attention.sliding_window"], out window, 0) || window == 0)
            return windowed;

        string pattern = _keys["attention.sliding_window_pattern"];
        if (_metadata.IsArray(pattern))
            return PatternOf(pattern, layers);
        if (_metadata.TryGetInt(pattern, out int stated, 1))
            period = stated;
        for (int layer = 0; layer < layers; layer++)
            windowed[layer] = layer % period < period - 1;

        return windowed;
    }

    private bool[] PatternOf(string key, int layers)
    {
        bool[] pattern = _metadata.TypeOf(key) == GgufValueType.Bool ? _metadata.RequireBools(key) : [.. _metadata.RequireInts(key).Select(value => value != 0)];
        return pattern.Length >= layers ? pattern[..layers] : throw _keys.Fault($"{key}: expected a value for each of {layers} layers, got {pattern.Length}");
    }

    private ImmutableArray<float> FrequencyFactors()
    {
        if (!_file.TryGetTensor(WeightNames.FrequencyFactors, out GgufTensor? tensor))
            return [];
        if (tensor.Shape.Length != 1 || tensor.Type != ElementType.F32)
            throw _keys.Fault($"{tensor}: expected a vector of F32");

        return _file.ReadFloats(tensor);
    }

    private void RefuseUnreadKeys()
    {
        string prefix = _family.Architecture + ".";
        foreach (string key in Meaningless)
            _metadata.Ignore(_keys[key]);
        string[] unread = [.. _metadata.Unread.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];
        if (unread.Length > 0)
        {
            throw new ModelFileException(
                $"{_file.Path}: family '{_family.Architecture}' does not know {string.Join(", ", unread)}; the model would be computed wrongly. "
                + "Use a model of a known kind, or a newer Spud.");
        }
    }
}
