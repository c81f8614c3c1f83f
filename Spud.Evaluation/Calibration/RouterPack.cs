using Spud.Models;

namespace Spud.Evaluation.Calibration;

/// <summary>The pack of router 'hierarchical': rules by layer, pools and kinds of text. docs/routing.md describes it.</summary>
public sealed record RouterPack
{
    private const string Prefix = "router.hierarchical.";
    private const int Format = 1;

    /// <summary>The model it was made for.</summary>
    public required string ModelHash { get; init; }

    /// <summary>The rules, and their results on the texts.</summary>
    public required CalibrationFit Fit { get; init; }

    /// <summary>Which experts a text may use.</summary>
    public required PoolRule Pool { get; init; }

    /// <summary>Minimum experts per row.</summary>
    public required int MinExperts { get; init; }

    /// <summary>M.</summary>
    public required int MaxExperts { get; init; }

    /// <summary>Kinds of text.</summary>
    public required LabelFit Labels { get; init; }

    /// <summary>Serialises it as a file.</summary>
    public byte[] ToGguf()
    {
        GgufWriter file = new();
        file.Set(PackFile.ModelKey, ModelHash);
        file.Set(Prefix + "format", Format);
        file.Set(Prefix + "pool", Pool.Size);
        file.Set(Prefix + "min_mass", Pool.MinMass);
        file.Set(Prefix + "half_life", Pool.HalfLife);
        file.Set(Prefix + "min_experts", MinExperts);
        file.Set(Prefix + "max_experts", MaxExperts);
        file.Set(Prefix + "labels", Labels.Names.Length);
        file.Set(Prefix + "label_scale", Labels.Scale);
        foreach ((int number, string name) in Labels.Names.Index())
            file.Set($"{Prefix}label.{number}", name);
        foreach (LayerFit layer in Fit.Layers)
        {
            file.Set($"{Prefix}{layer.Layer}.threshold", layer.Rule.Threshold);
            file.Set($"{Prefix}{layer.Layer}.temperature", layer.Rule.Temperature);
            file.Set($"{Prefix}{layer.Layer}.experts", layer.Experts);
        }

        Add("label_radii", [.. Labels.Radii], 2);
        foreach (LayerFit layer in Fit.Layers)
            Add($"blk.{layer.Layer}.label_centroids", Labels.Centroids[layer.Layer], Labels.Names.Length);

        MemoryStream bytes = new();
        file.Write(bytes);
        return bytes.ToArray();

        void Add(string name, float[] values, int rows) =>
            file.Add(name, values, rows, values.Length / rows);
    }
}
