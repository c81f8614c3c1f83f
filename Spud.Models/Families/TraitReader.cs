using System.Collections.Frozen;

namespace Spud.Models.Families;

/// <summary>Reads the traits of a model's head and layers.</summary>
internal sealed class TraitReader(GgufFile file, Family family, ModelKeys keys)
{
    /// <summary>Traits shared by the head and every layer, from family, keys and size.</summary>
    public Dictionary<string, float> Common(int hidden, int heads, int layers)
    {
        Dictionary<string, float> traits = family.Traits.ToDictionary(trait => trait.Trait, trait => trait.Number);
        foreach (KeyTrait trait in family.KeyTraits)
        {
            if (NumberOf(trait) is { } number)
                traits[trait.Trait] = number;
        }

        foreach ((int ofLayers, Func<int, int, float> scale) in family.ScoreScales)
        {
            if (ofLayers == layers)
                traits[Trait.ScoreScale] = scale(hidden, heads);
        }

        return traits;
    }

    /// <summary>Traits of the head.</summary>
    public FrozenDictionary<string, float> OfHead(int hidden)
    {
        Dictionary<string, float> traits = Common(hidden, 1, 0).Where(trait => trait.Key.StartsWith("head.", StringComparison.Ordinal)).ToDictionary();
        if (family.ScalesEmbedding)
            traits[Trait.EmbeddingScale] = MathF.Sqrt(hidden);
        if (!file.TryGetTensor("output.weight", out _))
            traits[Trait.TiedHead] = 1;

        return traits.ToFrozenDictionary();
    }

    /// <summary>Traits of a layer: the common ones, and those given by its tensors and window.</summary>
    public FrozenDictionary<string, float> OfLayer(int layer, Dictionary<string, float> common, int? window, int experts)
    {
        Dictionary<string, float> traits = common
            .Where(trait => !trait.Key.StartsWith("head.", StringComparison.Ordinal) && (experts > 1 || !trait.Key.StartsWith("router.", StringComparison.Ordinal)))
            .ToDictionary();
        foreach ((string trait, string tensor) in family.TensorTraits)
        {
            if (file.TryGetTensor($"blk.{layer}.{tensor}", out _))
                traits[trait] = 1;
        }

        if (window is not null)
            traits[Trait.Window] = window.Value;

        return traits.ToFrozenDictionary();
    }

    private float? NumberOf(KeyTrait trait)
    {
        string key = keys[trait.Key];
        float number;
        if (!file.Metadata.Contains(key))
            return trait.Required ? throw keys.Fault($"{trait.Key} is missing") : null;
        if (file.Metadata.TypeOf(key) is GgufValueType.Float32 or GgufValueType.Float64)
            number = file.Metadata.RequireFloat(key);
        else
            number = file.Metadata.RequireInt(key, 0);

        // Converters write 0 for "none".
        return number == 0 ? null : trait.Inverse ? 1 / number : number;
    }
}
