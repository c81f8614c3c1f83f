using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Spud.Models.Families;

/// <summary>Reads a model file as its family understands it: description, canonical weights, and nothing left over.</summary>
public sealed class ModelReader
{
    /// <summary>No model comes near.</summary>
    public const int MaxLayers = 1024;

    // Keys that no computation of these families depends on.
    private static readonly string[] Meaningless = ["attention.layer_norm_epsilon", "tensor_data_layout"];

    private readonly GgufFile _file;
    private readonly GgufMetadata _metadata;
    private readonly Family _family;
    private readonly RopeScaling? _scaling;

    private ModelReader(GgufFile file, RopeScaling? scaling)
    {
        (_file, _metadata, _scaling) = (file, file.Metadata, scaling);
        _family = KnownFamilies.Of(_metadata.RequireString("general.architecture"), file.Path);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="file">The model's file.</param>
    /// <param name="scaling">Scaling of RoPE in place of the file's; null: the file's.</param>
    /// <exception cref="ModelFileException">The architecture is unknown, or a key is missing, wrong or not understood.</exception>
    public static (ModelDescription Description, WeightCatalog Weights) Read(GgufFile file, RopeScaling? scaling = null)
    {
        ModelReader reader = new(file, scaling);
        ModelDescription description = reader.Describe();
        reader.RefuseUnreadKeys();
        return (description, new WeightCatalog(WeightNames.Canonical(file, reader._family), file.Path));
    }

    private ModelDescription Describe()
    {
        int hidden = Required("embedding_length");
        int context = Required("context_length");
        int layers = _metadata.RequireInt(Key("block_count"), 1, MaxLayers);
        int heads = Required("attention.head_count");
        int kvHeads = Optional("attention.head_count_kv", heads);
        if (heads % kvHeads != 0)
            throw Fault($"attention.head_count ({heads}) is not a multiple of attention.head_count_kv ({kvHeads})");

        KvGeometry kv = new()
        {
            Heads = kvHeads,
            KeyWidth = Optional("attention.key_length", hidden / heads),
            ValueWidth = Optional("attention.value_length", hidden / heads),
        };
        if (kv.KeyWidth == 0 || kv.ValueWidth == 0)
            throw Fault($"embedding_length ({hidden}) is smaller than attention.head_count ({heads})");
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
            Traits = HeadTraits(hidden),
        };
    }

    private int Vocabulary()
    {
        if (!_file.TryGetTensor("token_embd.weight", out GgufTensor? embedding) || embedding.Shape.Length != 2)
            throw Fault("the model has no tensor 'token_embd.weight' [V, C]");

        // Files state sizes before or after padding; the rows are what there is.
        _metadata.Ignore(Key("vocab_size"));
        return embedding.Shape[0];
    }

    private float Epsilon()
    {
        string key = Key("attention.layer_norm_rms_epsilon");
        float epsilon = _metadata.RequireFloat(key);
        return epsilon >= 0 ? epsilon : throw Fault($"{key}: expected 0 or more, got {epsilon}: norms would be NaN");
    }

    // Before anything is made in the size that the keys state: a small file may state any.
    private void RequireRows(string matrix, int heads, int width)
    {
        if (_file.TryGetTensor($"blk.0.{matrix}.weight", out GgufTensor? tensor) && tensor.Shape is [int rows, _] && rows != (long)heads * width)
            throw Fault($"tensor 'blk.0.{matrix}.weight' has {rows} rows, expected {heads} heads of {width}");
    }

    private ImmutableArray<LayerDescription> Layers(int hidden, int heads, KvGeometry kv, int count)
    {
        (Rope global, Rope local) = RopeReader.Read(_file, _family, kv.KeyWidth, FrequencyFactors(), _scaling);
        (int experts, int used) = Experts();
        int width = ExpertWidth(experts);
        bool[] windowed = WindowedLayers(count, out int window);
        Dictionary<string, float> common = CommonTraits(hidden, heads, count);
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
                Traits = LayerTraits(layer, common, windowed[layer] ? window : null, experts),
            }),
        ];
    }

    private (int Experts, int Used) Experts()
    {
        if (!_family.Mixture || !_metadata.TryGetInt(Key("expert_count"), out int experts, 0, ushort.MaxValue) || experts == 0)
        {
            _metadata.Ignore(Key("expert_gating_func"));
            return (1, 1);
        }

        RequireSoftmax();

        return (experts, _metadata.RequireInt(Key("expert_used_count"), 1, experts));
    }

    // 0 is none stated, 1 is softmax, 3 is softmax over the chosen experts, which is softmax over all, choice and renormalisation.
    private void RequireSoftmax()
    {
        string key = Key("expert_gating_func");
        bool renormalises = _family.Traits.Any(trait => trait.Trait == Trait.Renormalise);
        if (_metadata.TryGetInt(key, out int function) && !(function is 0 or 1 || (function == 3 && renormalises)))
            throw Fault($"{key}: expected 1 (softmax), got {function}, which family '{_family.Architecture}' does not compute");
    }

    private int ExpertWidth(int experts)
    {
        int width = Optional("feed_forward_length", 0);
        bool stated = width > 0;
        if (experts > 1 && _family.ExpertWidthKey is { } key && _metadata.TryGetInt(Key(key), out int own, 1))
            return own;

        return stated ? width : throw Fault("feed_forward_length is missing");
    }

    private bool[] WindowedLayers(int layers, out int window)
    {
        window = 0;
        bool[] windowed = new bool[layers];
        if (_family.WindowPeriod is not { } period || !_metadata.TryGetInt(Key("attention.sliding_window"), out window, 0) || window == 0)
            return windowed;

        string pattern = Key("attention.sliding_window_pattern");
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
        return pattern.Length >= layers ? pattern[..layers] : throw Fault($"{key}: expected a value for each of {layers} layers, got {pattern.Length}");
    }

    private Dictionary<string, float> CommonTraits(int hidden, int heads, int layers)
    {
        Dictionary<string, float> traits = _family.Traits.ToDictionary(trait => trait.Trait, trait => trait.Number);
        foreach (KeyTrait trait in _family.KeyTraits)
        {
            if (NumberOf(trait) is { } number)
                traits[trait.Trait] = number;
        }

        foreach ((int ofLayers, Func<int, int, float> scale) in _family.ScoreScales)
        {
            if (ofLayers == layers)
                traits[Trait.ScoreScale] = scale(hidden, heads);
        }

        return traits;
    }

    private float? NumberOf(KeyTrait trait)
    {
        string key = Key(trait.Key);
        float number;
        if (!_metadata.Contains(key))
            return trait.Required ? throw Fault($"{trait.Key} is missing") : null;
        if (_metadata.TypeOf(key) is GgufValueType.Float32 or GgufValueType.Float64)
            number = _metadata.RequireFloat(key);
        else
            number = _metadata.RequireInt(key, 0);

        // 0 is how converters write "none".
        return number == 0 ? null : trait.Inverse ? 1 / number : number;
    }

    private FrozenDictionary<string, float> HeadTraits(int hidden)
    {
        Dictionary<string, float> traits = CommonTraits(hidden, 1, 0).Where(trait => trait.Key.StartsWith("head.", StringComparison.Ordinal)).ToDictionary();
        if (_family.ScalesEmbedding)
            traits[Trait.EmbeddingScale] = MathF.Sqrt(hidden);
        if (!_file.TryGetTensor("output.weight", out _))
            traits[Trait.TiedHead] = 1;

        return traits.ToFrozenDictionary();
    }

    private FrozenDictionary<string, float> LayerTraits(int layer, Dictionary<string, float> common, int? window, int experts)
    {
        Dictionary<string, float> traits = common
            .Where(trait => !trait.Key.StartsWith("head.", StringComparison.Ordinal) && (experts > 1 || !trait.Key.StartsWith("router.", StringComparison.Ordinal)))
            .ToDictionary();
        foreach ((string trait, string tensor) in _family.TensorTraits)
        {
            if (_file.TryGetTensor($"blk.{layer}.{tensor}", out _))
                traits[trait] = 1;
        }

        if (window is { } keys)
            traits[Trait.Window] = keys;

        return traits.ToFrozenDictionary();
    }

    private ImmutableArray<float> FrequencyFactors()
    {
        if (!_file.TryGetTensor(WeightNames.FrequencyFactors, out GgufTensor? tensor))
            return [];
        if (tensor.Shape.Length != 1 || tensor.Type != ElementType.F32)
            throw Fault($"{tensor}: expected a vector of F32");

        return _file.ReadFloats(tensor);
    }

    private void RefuseUnreadKeys()
    {
        string prefix = _family.Architecture + ".";
        foreach (string key in Meaningless)
            _metadata.Ignore(Key(key));
        string[] unread = [.. _metadata.Unread.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];
        if (unread.Length > 0)
        {
            throw new ModelFileException(
                $"{_file.Path}: family '{_family.Architecture}' does not know {string.Join(", ", unread)}; the model would be computed wrongly. "
                + "Use a model of a known kind, or a newer Spud.");
        }
    }

    private int Required(string key) => _metadata.IsArray(Key(key)) ? OfAllLayers(key) : _metadata.RequireInt(Key(key), 1);

    private int Optional(string key, int otherwise)
    {
        if (_metadata.IsArray(Key(key)))
            return OfAllLayers(key);

        return _metadata.TryGetInt(Key(key), out int value, 1) ? value : otherwise;
    }

    // A value for each layer is one value where all are equal.
    private int OfAllLayers(string key)
    {
        int[] values = _metadata.RequireInts(Key(key));
        if (values.Length == 0 || values[0] < 1 || values.AsSpan().ContainsAnyExcept(values[0]))
            throw Fault($"{Key(key)}: expected one positive number, or the same for every layer, got {string.Join(", ", values.Distinct().Take(4))}; layers of different sizes are not supported");

        return values[0];
    }

    private string Key(string key) => $"{_family.Architecture}.{key}";

    private ModelFileException Fault(string what) => new($"{_file.Path}: {what}.");
}
