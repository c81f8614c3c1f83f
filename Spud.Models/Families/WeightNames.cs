using System.Collections.Immutable;

namespace Spud.Models.Families;

/// <summary>
/// Canonical names: those of llama.cpp for a mixture. A dense layer is a mixture of one expert, and each family's data lists its differing names.
/// </summary>
internal static class WeightNames
{
    /// <summary>RoPE's factors: read by the family, not taken by any component.</summary>
    public const string FrequencyFactors = "rope_freqs.weight";

    private static readonly ImmutableArray<string> s_dense = ["ffn_gate", "ffn_up", "ffn_down"];

    public static IEnumerable<WeightEntry> Canonical(GgufFile file, Family family) =>
        file.Tensors.Where(tensor => tensor.Name != FrequencyFactors).Select(tensor => Entry(file, tensor, family));

    private static WeightEntry Entry(GgufFile file, GgufTensor tensor, Family family)
    {
        (string block, string suffix) = Split(tensor.Name);
        // A matrix or a bias of a dense layer.
        (string stem, int axes) = suffix.EndsWith(".bias", StringComparison.Ordinal) ? (suffix[..^".bias".Length], 1) : (suffix[..^Math.Min(suffix.Length, ".weight".Length)], 2);
        bool dense = s_dense.Contains(stem) && tensor.Shape.Length == axes;
        foreach ((string name, string canonical) in family.Renames)
            suffix = suffix == name ? canonical : suffix;

        return new()
        {
            Name = block + (dense ? $"{stem}_exps{suffix[stem.Length..]}" : suffix),
            FileName = tensor.Name,
            Shape = dense ? [1, .. tensor.Shape] : tensor.Shape,
            Type = tensor.Type,
            Address = file.AddressOf(tensor),
            Bytes = tensor.Bytes,
            Release = () => file.Release(tensor),
        };
    }

    private static (string Block, string Suffix) Split(string name)
    {
        int dot = name.StartsWith("blk.", StringComparison.Ordinal) ? name.IndexOf('.', "blk.".Length) : -1;
        return dot < 0 ? ("", name) : (name[..(dot + 1)], name[(dot + 1)..]);
    }
}
